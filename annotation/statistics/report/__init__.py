"""What a study's ratings say, all of it, as values that JSON can hold."""

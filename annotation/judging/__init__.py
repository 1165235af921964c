"""Language models as judges: how they are asked, and how what they reply is read. Without Django."""

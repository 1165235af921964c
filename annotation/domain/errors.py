"""What people are told when something cannot be done."""


class StudyError(Exception):
    """A request that the study's state or design does not allow; its message is shown to the person."""

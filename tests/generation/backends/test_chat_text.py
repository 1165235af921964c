from generation.backends.base import Message
from generation.backends.chat_text import lay_out


def test_lay_out_puts_the_system_prompt_first_and_ends_where_the_answer_begins() -> None:
    chat = [Message("system", "You are kind."), Message("user", "I lost my job.")]

    assert lay_out(chat) == "You are kind.\n\nUser: I lost my job.\n\nAssistant:"


def test_lay_out_keeps_earlier_turns() -> None:
    chat = [Message("user", "How bad is it?"), Message("assistant", "7"), Message("user", "Why?")]

    assert lay_out(chat) == "User: How bad is it?\n\nAssistant: 7\n\nUser: Why?\n\nAssistant:"

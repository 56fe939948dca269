"""What a password must be, how it is kept and how a fresh one is made."""

from __future__ import annotations

import secrets

from werkzeug.security import check_password_hash, generate_password_hash

from config.text import Text, text

SHORTEST = 10
LONGEST = 200
LEAST_DIFFERENT = 5
_GENERATED = 14
_ALPHABET = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # nothing that reads like something else
_COMMON = ("password", "plumbline", "qwerty", "123456", "iloveyou", "letmein", "administrator")
# What is checked when there is no such sign-in, so that the answer takes as long as for a real one.
_NOBODY = generate_password_hash(secrets.token_urlsafe(16))


def password_problem(password: str, username: str) -> Text | None:
    """What is wrong with a new password for `username`, or None when it will do."""
    lowered = password.lower()
    if not SHORTEST <= len(password) <= LONGEST:
        return text(
            "Use {least} to {most} characters.", "请使用 {least} 至 {most} 个字符。", least=SHORTEST, most=LONGEST
        )
    if len(set(password)) < LEAST_DIFFERENT:
        return text(
            "Use at least {least} different characters.", "请至少使用 {least} 个不同的字符。", least=LEAST_DIFFERENT
        )
    if username and username.lower() in lowered:
        return text("A password must not contain the sign-in name.", "密码不能包含登录名。")
    if any(word in lowered for word in _COMMON):
        return text("This password is easy to guess. Choose another.", "此密码容易被猜到，请换一个。")
    return None


def new_password() -> str:
    """A random password that can be read out without confusion."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(_GENERATED))


def hash_password(password: str) -> str:
    """The salted scrypt hash that is stored."""
    return generate_password_hash(password)


def password_matches(stored: str | None, password: str) -> bool:
    """Whether `password` is the one behind `stored`; takes as long when nothing is stored."""
    matches = check_password_hash(stored or _NOBODY, password)
    return bool(stored) and bool(password.strip("\0")) and matches

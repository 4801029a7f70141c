"""Background work around people; the services do it. Every task may run twice."""

from accounts import mail
from accounts.task_attempts import counted


@counted
def send_mails() -> None:
    """Send the mails that wait."""
    mail.send_waiting()


@counted
def forget_old_mails() -> None:
    """Remove mails of long ago."""
    mail.forget_old()

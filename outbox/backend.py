from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction

from outbox.actions import enqueue


class EmailBackend(BaseEmailBackend):
    """What Django’s own mail functions send becomes rows of the queue, one a recipient.

    Its authors are not ours and it may hold what opens an account: it counts as secret, and urgent.
    """

    def send_messages(self, email_messages):
        with transaction.atomic():
            for message in email_messages:
                if message.attachments:
                    raise NotImplementedError("La file d’envoi ne prend pas de pièce jointe.")
                html = [
                    body.content
                    for body in getattr(message, "alternatives", [])
                    if body.mimetype == "text/html"
                ]
                for recipient in message.recipients():
                    enqueue(
                        to=recipient,
                        subject=message.subject,
                        text=message.body,
                        html=html[0] if html else "",
                        secret=True,
                        urgent=True,
                    )
        return len(email_messages)

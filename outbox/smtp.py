import smtplib

from django.core.mail.backends.smtp import EmailBackend


class HandingOver:
    """Knows whether the text of a message may have reached the server without an answer."""

    handing_over = False

    def mail(self, *args, **kwargs):
        self.handing_over = False
        return super().mail(*args, **kwargs)

    def data(self, msg):
        self.handing_over = True
        return super().data(msg)


class Connection(HandingOver, smtplib.SMTP):
    pass


class ConnectionOverTls(HandingOver, smtplib.SMTP_SSL):
    pass


class DeliveryBackend(EmailBackend):
    """Django’s delivery by SMTP, that can tell a message surely not sent from a doubtful one."""

    @property
    def connection_class(self):
        return ConnectionOverTls if self.use_ssl else Connection

    @property
    def is_in_doubt(self):
        return self.connection is not None and self.connection.handing_over

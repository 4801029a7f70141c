"""What comes between password or code and being logged in."""

from allauth.mfa.models import Authenticator
from allauth.mfa.stages import AuthenticateStage
from allauth.mfa.utils import is_mfa_enabled
from django.http import HttpRequest

from accounts.models import User


class SecondFactorStage(AuthenticateStage):  # type: ignore[misc, unused-ignore]
    """Asks for the second factor of those who have one.

    A client's passkey is another way in and no second factor: whoever loses the telephone still has password and code.
    """

    def _should_handle(self, request: HttpRequest) -> bool:
        user = self.login.user
        if isinstance(user, User) and not user.is_staff and not is_mfa_enabled(user, [Authenticator.Type.TOTP]):
            return False
        return bool(super()._should_handle(request))

"""Login, logout, a password by mail, and how a person logs in. The login library knows its pages by their names."""

from django.contrib.auth import views
from django.urls import path
from django.views.generic import TemplateView

from accounts import company_views, invitation_views, viewing_views
from accounts import login_views as login
from accounts.forms import PasswordChoiceForm

urlpatterns = [
    path("login/", login.Login.as_view(), name="login"),
    path("login/", login.Login.as_view(), name="account_login"),
    path("login/code/", login.CodeRequest.as_view(), name="account_request_login_code"),
    path("login/code/enter/", login.Code.as_view(), name="account_confirm_login_code"),
    path("login/passkey/", login.PasskeyLogin.as_view(), name="mfa_login_webauthn"),
    path("login/second/", login.SecondFactor.as_view(), name="mfa_authenticate"),
    path("login/inactive/", TemplateView.as_view(template_name="accounts/inactive.html"), name="account_inactive"),
    path("invitation/", invitation_views.accept, name="invitation_accept"),
    path("invitation/<str:token>/", invitation_views.invitation, name="invitation"),
    path("company/", company_views.choose_company, name="choose_company"),
    path("viewing/leave/", viewing_views.leave, name="leave_portal"),
    path("account/", login.Account.as_view(), name="mfa_index"),
    path("account/again/", login.PasswordAgain.as_view(), name="account_reauthenticate"),
    path("account/again/code/", login.CodeAgain.as_view(), name="mfa_reauthenticate"),
    path("account/again/passkey/", login.PasskeyAgain.as_view(), name="mfa_reauthenticate_webauthn"),
    path("account/passkeys/add/", login.PasskeyAdd.as_view(), name="mfa_add_webauthn"),
    path("account/passkeys/<int:pk>/remove/", login.PasskeyRemove.as_view(), name="mfa_remove_webauthn"),
    path("account/app/", login.AppAdd.as_view(), name="mfa_activate_totp"),
    path("account/app/remove/", login.AppRemove.as_view(), name="mfa_deactivate_totp"),
    path("account/recovery/", login.RecoveryCodes.as_view(), name="mfa_view_recovery_codes"),
    path("account/recovery/new/", login.RecoveryCodesNew.as_view(), name="mfa_generate_recovery_codes"),
    path("logout/", views.LogoutView.as_view(next_page="logged_out"), name="logout"),
    path("logged-out/", TemplateView.as_view(template_name="accounts/logged_out.html"), name="logged_out"),
    path("password/", login.PasswordMail.as_view(), name="password_reset"),
    path(
        "password/sent/",
        views.PasswordResetDoneView.as_view(template_name="accounts/password_reset_done.html"),
        name="password_reset_done",
    ),
    path(
        "password/<uidb64>/<token>/",
        views.PasswordResetConfirmView.as_view(
            template_name="accounts/password_reset_confirm.html", form_class=PasswordChoiceForm
        ),
        name="password_reset_confirm",
    ),
    path(
        "password/set/",
        views.PasswordResetCompleteView.as_view(template_name="accounts/password_reset_complete.html"),
        name="password_reset_complete",
    ),
]

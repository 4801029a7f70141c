"""Login, logout, and a password by mail."""

from django.contrib.auth import views
from django.urls import path
from django.views.generic import TemplateView

from accounts.forms import EmailLoginForm, PasswordChoiceForm, PasswordMailForm

urlpatterns = [
    path(
        "login/",
        views.LoginView.as_view(
            template_name="accounts/login.html",
            authentication_form=EmailLoginForm,
            redirect_authenticated_user=True,
        ),
        name="login",
    ),
    path("logout/", views.LogoutView.as_view(next_page="logged_out"), name="logout"),
    path("logged-out/", TemplateView.as_view(template_name="accounts/logged_out.html"), name="logged_out"),
    path(
        "password/",
        views.PasswordResetView.as_view(
            template_name="accounts/password_reset.html",
            form_class=PasswordMailForm,
            email_template_name="accounts/password_reset_mail.txt",
            subject_template_name="accounts/password_reset_subject.txt",
        ),
        name="password_reset",
    ),
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

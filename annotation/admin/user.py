"""People who sign in. Superusers make and change them; nobody deletes them: their ratings are theirs."""

from django import forms
from django.contrib import admin
from django.contrib.admin.options import InlineModelAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.http import HttpRequest

from annotation.models import Membership, User
from resort_site.view_only import ViewOnlyInline


class LowerCaseEmailField(forms.EmailField):
    def to_python(self, value: str | None) -> str:
        return (super().to_python(value) or "").lower()


class UserCreationForm(AdminUserCreationForm):
    class Meta:
        model = User
        fields = ["email", "name"]
        field_classes = {"email": LowerCaseEmailField}


class UserForm(UserChangeForm):
    class Meta:
        model = User
        fields = "__all__"  # the page's fieldsets name what is shown; an admin form may hold no less
        field_classes = {"email": LowerCaseEmailField}


class MembershipInline(ViewOnlyInline):
    model = Membership
    fields = ["study", "role", "code", "joined_at", "removed_at"]


@admin.register(User)
class UserAdmin(DjangoUserAdmin):
    """Without a username. To close an account, take away "Active"."""

    form = UserForm
    add_form = UserCreationForm
    ordering = ["email"]
    list_display = ["email", "name", "is_active", "is_staff", "is_superuser", "last_login"]
    list_filter = ["is_active", "is_staff", "is_superuser", "memberships__role"]
    search_fields = ["email", "name"]
    readonly_fields = ["last_login", "date_joined"]
    fieldsets = [
        (None, {"fields": ["email", "password"]}),
        ("Person", {"fields": ["name", "time_zone"]}),
        ("Rights", {"fields": ["is_active", "is_staff", "is_superuser", "groups", "user_permissions"]}),
        ("Dates", {"fields": ["last_login", "date_joined"]}),
    ]
    add_fieldsets = [
        (
            None,
            {"classes": ["wide"], "fields": ["email", "name", "usable_password", "password1", "password2"]},
        ),
    ]

    def get_inlines(self, request: HttpRequest, obj: User | None) -> list[type[InlineModelAdmin]]:
        return [] if obj is None else [MembershipInline]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.is_superuser

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return request.user.is_superuser

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False

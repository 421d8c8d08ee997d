"""What records are found by when somebody looks for the same one once more; each key has an index."""

from __future__ import annotations

from django.db import models
from django.db.models import Func


class NameKey(Func):
    """A company's name without legal form, accents and signs, umlauts written either way the same."""

    function = "etappe_name_key"
    output_field = models.TextField()


class PhoneKey(Func):
    """The last eight digits of a phone number; empty for fewer than six digits."""

    function = "etappe_phone_key"
    output_field = models.TextField()

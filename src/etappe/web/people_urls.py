"""Addresses of accounts and people."""

from __future__ import annotations

from django.urls import path

from etappe.web import contacts
from etappe.web import people_cards as cards
from etappe.web import people_pages as pages

urlpatterns = [
    path("accounts/", pages.accounts, name="accounts"),
    path("accounts/new/", pages.new_account, name="account_new"),
    path("accounts/<uuid:uid>/", pages.account, name="account"),
    path("accounts/<uuid:uid>/edit/", pages.edit_account, name="account_edit"),
    path("accounts/<uuid:uid>/note/", pages.account_note, name="account_note"),
    path("accounts/<uuid:uid>/contacts/", contacts.of_account, name="account_contacts"),
    path("people/<uuid:uid>/contacts/", contacts.of_person, name="person_contacts"),
    path("contacts/<uuid:uid>/withdraw/", contacts.withdraw, name="contact_withdraw"),
    path("contacts/<uuid:uid>/restore/", contacts.restore, name="contact_restore"),
    path("accounts/<uuid:uid>/people.vcf", cards.of_account, name="account_cards"),
    path("people/cards.vcf", cards.of_list, name="people_cards"),
    path("people/<uuid:uid>/card.vcf", cards.person, name="person_card"),
    path("people/", pages.people, name="people"),
    path("people/new/", pages.new_person, name="person_new"),
    path("people/<uuid:uid>/", pages.person, name="person"),
    path("people/<uuid:uid>/edit/", pages.edit_person, name="person_edit"),
    path("people/<uuid:uid>/note/", pages.person_note, name="person_note"),
]

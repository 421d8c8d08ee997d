"""One deal with everything its record shows, in a bounded number of queries."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from etappe.core.actor import Actor
from etappe.core.errors import Missing
from etappe.core.process import Basis, Criterion, DealFacts, Process, Proof, Stage, Status, is_met, stages_behind
from etappe.deals.actions.place import FINAL
from etappe.deals.models import Deal, DealException, Evidence, Member, NoteLink, StageVisit, Stakeholder
from etappe.deals.place import facts_with, process_of
from etappe.deals.queries.rows import person_refs, rows_of, user_refs
from etappe.deals.scope import find, visible
from etappe.deals.shapes import (
    CriterionView,
    DealView,
    EvidenceView,
    ExceptionView,
    MemberView,
    NoteLinkView,
    Ref,
    StageView,
    StakeholderView,
    VisitView,
)
from etappe.journal.statements import Statement
from etappe.people import queries as people
from etappe.playbook import queries as playbook
from etappe.team.access import Holder, may

_EVIDENCE = Statement(lambda deal: Evidence.objects.filter(deal=deal).order_by("-happened_at", "-id"))
_EXCEPTIONS = Statement(lambda deal: DealException.objects.filter(deal=deal).order_by("id"))
_MEMBERS = Statement(lambda deal: Member.objects.filter(deal=deal).order_by("id"))
_STAKEHOLDERS = Statement(lambda deal: Stakeholder.objects.filter(deal=deal).order_by("id"))
_VISITS = Statement(lambda deal: StageVisit.objects.filter(deal=deal).order_by("id"))


def get_deal(viewer: Actor, uid: uuid.UUID | str) -> DealView:
    """The deal's record, or `Missing`."""
    deal = find(viewer, uid)
    members = members_of(deal)
    evidence, asked = _EVIDENCE(deal.id), _EXCEPTIONS(deal.id)
    facts = facts_with(deal, evidence, asked)
    held_by = Holder(deal.owner_id, deal.team_id, frozenset(key for key, _ in members))
    exceptions = exceptions_of(asked, {deal.id: _ref(deal)})
    may_move, visits = may(viewer, "deals.move", held_by), _VISITS(deal.id)
    return DealView(
        row=rows_of([deal])[0],
        id=deal.id,
        team_id=deal.team_id,
        tags=tuple(deal.tags),
        custom=deal.custom,
        unfilled=facts.unfilled,
        process=facts.process,
        process_title=facts.process.name,
        stages=_stages(deal, facts, evidence_views(viewer, evidence, {deal.id: _ref(deal)})),
        entry_stage=deal.entry_stage,
        buyer_target_date=deal.buyer_target_date,
        buyer_since=deal.buyer_since,
        next_step_person=person_refs([deal.next_step_person_id]).get(deal.next_step_person_id or 0),
        leave_reason=deal.leave_reason,
        lost_to=deal.lost_to,
        leave_note=deal.leave_note,
        closed_at=deal.closed_at,
        data_as_of=deal.data_as_of,
        data=deal.data,
        members=tuple(member for _, member in members),
        stakeholders=_stakeholders(deal),
        exceptions=exceptions,
        visits=tuple(map(_visit, visits)),
        may_edit=may(viewer, "deals.edit", held_by),
        may_move=may_move,
        may_grant=may(viewer, "deals.grant", held_by),
        may_inspect=may(viewer, "deals.inspect", held_by),
        can_undo=may_move and (deal.basis not in FINAL or _came_by_choice(visits)),
    )


def _ref(deal: Deal) -> Ref:
    return Ref(deal.uid, deal.name)


def _stages(deal: Deal, facts: DealFacts, evidence: Iterable[EvidenceView]) -> tuple[StageView, ...]:
    """All stages of the deal's process with their criteria, evidence and links."""
    given = _grouped(evidence)
    links = _grouped(links_of(deal) if given else ())  # a link asks about evidence
    behind = {stage.key for stage in stages_behind(facts)}
    return tuple(_stage(stage, facts, given, links, behind) for stage in facts.process.stages)


def _grouped(items: Iterable[EvidenceView] | Iterable[NoteLinkView]) -> Mapping[str, list]:  # type: ignore[type-arg]  # two kinds of rows
    groups: defaultdict[str, list] = defaultdict(list)  # type: ignore[type-arg]  # as above
    for item in items:
        groups[item.criterion].append(item)
    return groups


def _stage(
    stage: Stage,
    facts: DealFacts,
    given: Mapping[str, Sequence[EvidenceView]],
    links: Mapping[str, Sequence[NoteLinkView]],
    behind: set[str],
) -> StageView:
    criteria = tuple(
        criterion_view(stage, criterion, facts, given.get(criterion.key, ()), links.get(criterion.key, ()))
        for criterion in stage.criteria
    )
    return StageView(
        stage=stage,
        here=stage.key == facts.stage,
        reached=stage.key in behind,
        excepted=stage.key in facts.excepted,
        proven=all(view.met for view in criteria if view.criterion.required),
        criteria=criteria,
    )


def criterion_view(
    stage: Stage,
    criterion: Criterion,
    facts: DealFacts,
    evidence: Sequence[EvidenceView],
    links: Sequence[NoteLinkView] = (),
) -> CriterionView:
    """A criterion with whether it is met and what was given for it."""
    return CriterionView(criterion, is_met(stage, criterion, facts.held), tuple(evidence), tuple(links))


def evidence_views(viewer: Actor, rows: Iterable[Evidence], deals: Mapping[int, Ref]) -> list[EvidenceView]:
    """Evidence with names; a bounded number of queries, whatever its number."""
    found = list(rows)
    persons = person_refs(item.person_id for item in found)
    users = user_refs(key for item in found for key in (item.confirmed_by_id, item.judged_by_id))
    elsewhere = _also_on(found)
    named = _named(viewer, elsewhere)
    return [
        EvidenceView(
            uid=item.uid,
            deal=deals[item.deal_id],
            criterion=item.criterion,
            kind=item.kind,
            provenance=item.provenance,
            strength=item.strength,
            person=persons.get(item.person_id or 0),
            happened_at=item.happened_at,
            title=item.title,
            excerpt=item.excerpt,
            address=item.address,
            artefact=item.artefact,
            file_name=item.file_name,
            media_type=item.media_type,
            facts=item.facts,
            flags=tuple(item.flags),
            confirmed_by=users.get(item.confirmed_by_id or 0),
            confirmed_at=item.confirmed_at,
            withdrawn_at=item.withdrawn_at,
            withdrawn_reason=item.withdrawn_reason,
            verdict=item.verdict,
            judged_by=users.get(item.judged_by_id or 0),
            judged_at=item.judged_at,
            judged_reason=item.judged_reason,
            lapsed_at=item.lapsed_at,
            also_on=tuple(named[deal] for deal in elsewhere.get(item.id, ()) if deal in named),
            also_hidden=any(deal not in named for deal in elsewhere.get(item.id, ())),
        )
        for item in found
    ]


def _also_on(found: Sequence[Evidence]) -> dict[int, tuple[int, ...]]:
    """Keys of the other deals on which the same file or the same message was used."""
    files = {item.artefact for item in found if item.artefact}
    messages = {item.message_id for item in found if item.message_id}
    if not files and not messages:
        return {}
    same_file = Evidence.objects.filter(artefact__in=files)
    same_message = Evidence.objects.filter(message_id__in=messages)
    fields = ("deal_id", "artefact", "message_id")
    used = sorted(set(same_file.values_list(*fields)) | set(same_message.values_list(*fields)))
    return {
        item.id: tuple(
            dict.fromkeys(
                deal
                for deal, artefact, message in used
                if deal != item.deal_id
                and ((item.artefact and artefact == item.artefact) or (item.message_id and message == item.message_id))
            )
        )
        for item in found
    }


def _named(viewer: Actor, elsewhere: Mapping[int, Sequence[int]]) -> dict[int, Ref]:
    """Of these deals those the viewer sees, by name."""
    keys = {deal for deals in elsewhere.values() for deal in deals}
    found = visible(viewer.scope).filter(id__in=keys).values_list("id", "uid", "name") if keys else ()
    return {key: Ref(uid, name) for key, uid, name in found}


def links_of(deal: Deal) -> list[NoteLinkView]:
    """The deal's links to confirm notes, newest first."""
    found = list(NoteLink.objects.filter(deal=deal).select_related("evidence").order_by("-id"))
    persons = person_refs(link.person_id for link in found)
    return [
        NoteLinkView(
            uid=link.uid,
            criterion=link.criterion,
            evidence=link.evidence.uid,
            person=persons[link.person_id],
            made_at=link.made_at,
            expires_at=link.expires_at,
            revoked_at=link.revoked_at or link.evidence.withdrawn_at,
            answered_at=link.answered_at,
            confirmed=link.confirmed,
            comment=link.comment,
        )
        for link in found
    ]


def exceptions_of(rows: Iterable[DealException], deals: Mapping[int, Ref]) -> tuple[ExceptionView, ...]:
    """Exceptions with names."""
    found = list(rows)
    users = user_refs(key for item in found for key in (item.asked_by_id, item.answered_by_id))
    return tuple(
        ExceptionView(
            uid=item.uid,
            deal=deals[item.deal_id],
            stages=tuple(item.stages),
            to=item.to,
            reason=item.reason,
            asked_by=users.get(item.asked_by_id),
            asked_at=item.asked_at,
            granted=item.granted,
            answered_by=users.get(item.answered_by_id or 0),
            answered_at=item.answered_at,
            answer=item.answer,
            by_oneself=item.by_oneself,
        )
        for item in found
    )


def members_of(deal: Deal) -> list[tuple[int, MemberView]]:
    """The deal team with keys of its colleagues."""
    found = _MEMBERS(deal.id)
    users = user_refs(member.user_id for member in found)
    return [(member.user_id, MemberView(users[member.user_id], member.role)) for member in found]


def _stakeholders(deal: Deal) -> tuple[StakeholderView, ...]:
    found = _STAKEHOLDERS(deal.id)
    named = people.person_names(row.person_id for row in found)
    return tuple(
        StakeholderView(
            person=Ref(named[row.person_id].uid, named[row.person_id].name),
            email=named[row.person_id].email,
            job_title=named[row.person_id].job_title,
            role=row.role,
            with_evidence=row.with_evidence,
            added_at=row.added_at,
        )
        for row in found
    )


def _visit(visit: StageVisit) -> VisitView:
    return VisitView(
        stage=visit.stage,
        status=Status(visit.status),
        basis=Basis(visit.basis),
        proof=Proof(visit.proof),
        entered_at=visit.entered_at,
        left_at=visit.left_at,
        backfilled=visit.backfilled,
    )


def _came_by_choice(visits: Sequence[StageVisit]) -> bool:
    """Whether the deal came from another process, and has not moved since."""
    if len(visits) < 2 or visits[-1].basis != Basis.REMAP.value:
        return False
    before, here = (playbook.spec(visit.process_version_id).key for visit in visits[-2:])
    return before != here


def get_evidence(viewer: Actor, uid: uuid.UUID | str) -> EvidenceView:
    """A piece of evidence of a deal the viewer sees, or `Missing`."""
    try:
        found = Evidence.objects.filter(uid=uid, deal__in=visible(viewer.scope)).select_related("deal").first()
    except ValueError:
        raise Missing from None
    if found is None:
        raise Missing
    return evidence_views(viewer, [found], {found.deal_id: _ref(found.deal)})[0]


def deal_id(viewer: Actor, uid: uuid.UUID | str) -> int:
    """The key of a deal the viewer sees, for its timeline."""
    return find(viewer, uid).id


def won_since(viewer: Actor, moment: datetime) -> list[int]:
    """The keys of the deals the viewer sees that were won since then and still are."""
    return list(
        visible(viewer.scope).filter(status=Status.WON.value, closed_at__gte=moment).values_list("id", flat=True)
    )


def seen_among(viewer: Actor, ids: Iterable[int]) -> dict[int, tuple[Ref, Process]]:
    """Of these deals those the viewer sees, by key, with the process each runs on; for timelines of other records."""
    found = visible(viewer.scope).filter(id__in=set(ids)).only("id", "uid", "name", "process_version_id")
    return {deal.id: (_ref(deal), process_of(deal)) for deal in found}

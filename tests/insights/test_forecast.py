"""Forecasts of open deals: made of the past only, kept as they were said, and told with how they turned out."""

from __future__ import annotations

import json
from contextlib import nullcontext
from dataclasses import asdict
from datetime import date, datetime, timedelta
from decimal import Decimal

import numpy as np
import pytest
from click.testing import CliRunner, Result
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from etappe.cli import main
from etappe.core import forecast as core
from etappe.core.actor import SYSTEM, Actor
from etappe.core.errors import Forbidden, Missing, Refusal
from etappe.core.kinds import JournalKind
from etappe.core.kinds.imports import ImportFinished, ImportUndone
from etappe.deals.actions.fields import edit
from etappe.deals.actions.place import leave, move, win
from etappe.insights import actions
from etappe.insights.forecast import kept, past, stored
from etappe.insights.forecast.fresh import freshened
from etappe.insights.forecast.records import read
from etappe.insights.models import Forecast
from etappe.journal import clock
from etappe.journal.queries import touches_since
from etappe.journal.record import record
from etappe.team.queries import user_names
from tests.cast import Cast
from tests.insights.history import BEGIN, NOW, REASON, Past, company, live, live_all, tell
from tests.scenery import kept as told_once

pytestmark = pytest.mark.django_db


LATER = NOW + timedelta(days=8)
history = told_once(tell)


def made(cast: Cast, at: datetime = NOW) -> stored.Report:
    actions.forecast(actor=SYSTEM, at=at)
    found = stored.report(SYSTEM)
    assert found is not None
    return found


def test_what_is_said_adds_up_and_each_viewer_sees_their_own(history: Cast) -> None:
    said = made(history)
    assert (said.is_enough, said.closed, said.n, said.currency) == (True, 47, 13, "EUR")
    for month in (*said.months, *said.quarters):
        total = month.total
        assert 0 <= total.low80 <= total.low50 <= total.median <= total.high50 <= total.high80
        assert month.proven + month.unproven + month.overridden == pytest.approx(month.from_open)
    assert len(said.months) == 7 and said.found == 13
    for deal in said.deals:
        assert 0 < deal.low <= deal.chance <= deal.high < 1 and deal.why and len(deal.likely) == 3
        assert sorted(deal.likely) == list(deal.likely) and deal.likely[0] >= said.day
    json.dumps(stored.as_json(said))
    _seen_by_one(history, said)


def _seen_by_one(history: Cast, whole: stored.Report) -> None:
    mine = stored.report(history.cem, by="owner")
    assert mine and 0 < mine.n < whole.n and [segment.label for segment in mine.segments] == [history.cem.label]
    assert {deal.uid for deal in mine.deals} < {deal.uid for deal in whole.deals}
    assert mine.months[1].from_open < whole.months[1].from_open
    with pytest.raises(Refusal) as refusal:
        stored.report(history.cem, by="nonsense")
    assert refusal.value.code == "unknown_split"
    with pytest.raises(Forbidden):
        actions.forecast(actor=history.cem, at=NOW)


@pytest.mark.parametrize("told", [ImportFinished("1", ["deals.csv"], 5, 0, 0, 0), ImportUndone("1", 5, 0, 0)])
def test_after_an_import_the_forecast_is_made_anew(history: Cast, told: JournalKind) -> None:
    """Else hours would pass in which it knows nothing of what was brought in, or counts what was taken back."""
    made(history)
    assert not actions.is_due(NOW)
    record(told, actor=SYSTEM, at=NOW)
    assert actions.is_due(NOW)


def test_after_very_many_changes_the_forecast_is_made_anew(history: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a bulk edit changed is reckoned anew by whoever looks, until it is kept."""
    made(history)
    # What was written while somebody else of this server was writing counts twice: nothing must be missed.
    before = touches_since(Forecast.objects.get(kind=actions.CURRENT).horizon, 1000)
    monkeypatch.setattr(actions, "MANY", before + 3)
    for place, deal in enumerate(said_to(history.ada).deals[:3]):
        assert not actions.is_due(NOW), place
        edit(deal.uid, {"amount": Decimal(7 + place)}, actor=history.ada, at=NOW)
    assert actions.is_due(NOW)


def known(day: date, *, present: bool = False) -> past.Past:
    return past.known_on(read("Europe/Berlin"), day, present=present)


def test_the_past_is_made_of_what_was_known_then(history: Cast) -> None:
    """Whatever happens after a day, the forecast as of that day is made of the same facts."""
    day = (NOW - timedelta(days=200)).date()
    before = known(day)
    live(Past(500, 3, "open", {}), actor=history.ada)
    now = set(known(NOW.date(), present=True).open.key.tolist()) & set(before.open.key[:3].tolist())
    with connection.cursor() as cursor:
        cursor.execute("SELECT uid, owner_id FROM fact_deal WHERE deal_id = ANY(%s)", [sorted(now)])
        standing = cursor.fetchall()
    for uid, owner in standing:
        move(uid, "ordered", actor=history.ada if owner == history.ada.id else history.cem, at=NOW)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE deals_deal SET source = 'after', product = 'after', expected_close = now()")
    after = known(day)
    for part in ("open", "begun"):
        for name, values in vars(getattr(before, part)).items():
            np.testing.assert_array_equal(values, getattr(getattr(after, part), name), err_msg=name)
    np.testing.assert_array_equal(before.typical, after.typical)
    for name in ("stays", "lives"):
        assert _rows(getattr(before, name)) == _rows(getattr(after, name))
    assert (before.state.won, before.state.others) == (after.state.won, after.state.others)
    assert standing and len(before.open) > 3 and before.state.closed < 47


def _rows(stays: core.Stays) -> list[tuple[float, ...]]:
    return sorted(zip(*(values.tolist() for values in vars(stays).values()), strict=True))


def _kept_as_they_were() -> None:
    with connection.cursor() as cursor:
        for statement in (
            "UPDATE insights_forecast SET closed = 1",
            "DELETE FROM insights_forecast WHERE kind = 'weekly'",
            "UPDATE insights_forecastdeal SET chance = 1",
            "DELETE FROM insights_forecastdeal",
        ):
            with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
                cursor.execute(statement)
    actions.forecast(actor=SYSTEM, at=NOW + timedelta(hours=7))
    assert _kinds() == [("current", 1), ("weekly", 1)]


def _kinds() -> list[tuple[str, int]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT kind, count(*) FROM insights_forecast GROUP BY 1 ORDER BY 1")
        return [tuple(row) for row in cursor.fetchall()]


def test_a_week_is_kept_unchanged_and_what_changed_since_is_told(history: Cast) -> None:
    first = made(history)
    own = stored.report(history.ada)
    assert own and first.since is None
    _kept_as_they_were()
    actions.forecast(actor=SYSTEM, at=NOW + timedelta(days=1))
    assert said_to(SYSTEM).since is None, "that of the same week is no earlier week"
    later = LATER
    won, lost, moved = (deal.uid for deal in own.deals[:3])
    win(won, actor=history.ada, at=later)
    leave(lost, REASON["lost"], actor=history.ada, at=later)
    move(moved, "ordered", actor=history.ada, at=later)
    live(Past((later - BEGIN).days, 0, "open", {}), actor=history.ada)
    assert actions.is_due(later)
    actions.forecast(actor=SYSTEM, at=later)
    said = stored.report(SYSTEM)
    assert said and said.since == first.day and not actions.is_due(later)
    found = {change.reason: change for change in said.changes}
    assert {reason: found[reason].deals for reason in ("won", "lost", "moved", "new")} == dict.fromkeys(
        ("won", "lost", "moved", "new"), 1
    )
    assert found["won"].by < 0 < found["new"].by
    _adds_up(history, said, first)
    assert _kinds() == [("current", 1), ("weekly", 2)]


def test_what_was_kept_is_set_against_what_came(history: Cast) -> None:
    """As it was said, whatever is known by now; only of months that are over, to those who see all deals."""
    then, ago = made(history, NOW - timedelta(days=100)), NOW - timedelta(days=93)
    actions.forecast(actor=SYSTEM, at=ago)  # of another week of that month: the first one counts
    now = made(history)
    kept = stored.turned_out(SYSTEM).found["kept"]  # type: ignore[union-attr]
    said = {month.begins.isoformat(): asdict(month.total) for month in then.months[1:]}
    assert [row["month"] for row in kept] == ["2026-02-01", "2026-01-01", "2025-12-01"]
    for row in kept:
        month = row["month"]
        assert row == said[month] | {"month": month, "kept_on": "2025-11-22", "came": _won_in(month)}
    assert {(row["month"], row["came"]) for row in kept} <= {(m["month"], m["came"]) for m in now.backtest["rows"]}
    assert stored.turned_out(history.cem).found["kept"] == []  # type: ignore[union-attr]


def _won_in(month: str) -> float:
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT coalesce(sum(amount), 0)::float8 FROM fact_deal
            WHERE outcome = 'won' AND date_trunc('month', decided_on) = %s::date""",
            [month],
        )
        return float(cursor.fetchall()[0][0])


def _expected(kind: str, viewer: Actor) -> float:
    """What the newest forecast of a kind expected of the deals that the viewer sees, summed by the database."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT coalesce(sum(said.amount::float8 * said.chance), 0)
            FROM insights_forecastdeal AS said JOIN deals_deal AS deal ON deal.id = said.deal_id
            WHERE forecast_id = (SELECT min(id) FROM insights_forecast WHERE kind = %s) AND said.currency = 'EUR'
                AND (%s OR deal.team_id = %s)""",
            [kind, viewer.scope.all, viewer.team],
        )
        return float(cursor.fetchone()[0])


def _adds_up(history: Cast, said: stored.Report, first: stored.Report) -> None:
    """To the cent, whoever looks, and after further deals moved, too."""
    open_now = next(deal.uid for deal in said_to(history.ada).deals if deal.stage_label == "Need confirmed")
    for turn in range(3):
        for viewer in (SYSTEM, history.ada, history.cem):
            found = said_to(viewer)
            assert found.before is not None and found.now is not None
            assert found.before == pytest.approx(_expected("weekly", viewer), abs=0.005)
            assert found.before + sum(change.by for change in found.changes) == pytest.approx(found.now, abs=0.005)
            if turn == 0:
                assert found.now == pytest.approx(_expected("current", viewer), abs=0.005)
                assert "model" in {change.reason for change in found.changes}
        if turn < 2:
            (move if turn == 0 else win)(open_now, *(["ordered"] if turn == 0 else []), actor=history.ada, at=LATER)
    assert first.since is None


def test_sums_that_were_kept_are_those_of_the_deals_whatever_happens_since(history: Cast) -> None:
    made(history)
    mine = [deal.uid for deal in said_to(history.ada).deals]
    win(mine[0], actor=history.ada, at=NOW)
    move(mine[1], "ordered", actor=history.ada, at=NOW)
    edit(mine[3], {"amount": Decimal(7_777)}, actor=history.ada, at=NOW)
    edit(mine[4], {"source": "letter"}, actor=history.ada, at=NOW)
    edit(mine[2], {"owner": user_names([history.cem.id])[history.cem.id or 0].uid}, actor=history.dot, at=NOW)
    for viewer in (SYSTEM, history.ada, history.cem):
        newest = Forecast.objects.get(kind="current")
        seen = stored.seen_by(newest, viewer)
        rows = [row for row in stored._rows(newest.id, viewer, "true") if row["is_visible"]]
        whole = kept.of_rows([row for row in freshened(newest, rows) if row["now_outcome"] == "open"], newest)
        assert seen.sums.deals == whole.deals > 0
        listed = {deal.uid: deal.amount for deal in said_to(viewer).deals}
        assert listed.get(mine[3], 7_777) == 7_777, "what was typed counts at once"
        np.testing.assert_allclose(seen.sums.drawn, whole.drawn, atol=0.05)
        for proof, amounts in whole.proofs.items():
            np.testing.assert_allclose(seen.sums.proofs[proof], amounts, atol=1e-6)
        for by in kept.SPLITS:
            split = stored.report(viewer, by=by)
            assert split and sum(segment.deals for segment in split.segments) == whole.deals


def said_to(viewer: Actor, **asked: str) -> stored.Report:
    found = stored.report(viewer, **asked)  # type: ignore[arg-type]  # only text is asked for
    assert found is not None
    return found


def test_segments_have_months_that_add_up_to_the_whole(history: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """After deals moved, got another amount, and changed their team, too; many deals are drawn together."""
    made(history)
    mine = [deal.uid for deal in said_to(history.ada).deals]
    move(mine[1], "ordered", actor=history.ada, at=NOW)
    edit(mine[3], {"amount": Decimal(7_777)}, actor=history.ada, at=NOW)
    edit(mine[4], {"source": "letter"}, actor=history.ada, at=NOW)
    edit(mine[2], {"owner": user_names([history.cem.id])[history.cem.id or 0].uid}, actor=history.dot, at=NOW)
    whole = said_to(SYSTEM)
    for by in kept.SPLITS:
        segments = said_to(SYSTEM, by=by).segments
        parts = [said_to(SYSTEM, by=by, of=each.key) for each in segments]
        assert sum(part.n for part in parts) == whole.n
        assert sorted(deal.uid for part in parts for deal in part.deals) == sorted(deal.uid for deal in whole.deals)
        for place, month in enumerate(whole.months):
            assert sum(part.months[place].from_open for part in parts) == pytest.approx(month.from_open)
        for each, part in zip(segments, parts, strict=True):
            assert part.segment and (part.segment.label, part.n) == (each.label, each.deals)
            assert part.segment.amount.median == pytest.approx(each.amount.median, abs=0.5)
            assert not part.changes and (part.months[0].still_to_come is None) == (by != "team")
    south = said_to(SYSTEM, by="team", of=str(history.south))
    assert [month.total for month in south.months] == [month.total for month in said_to(history.cem).months]
    monkeypatch.setattr("etappe.insights.forecast.segment.ONE_BY_ONE", 0)
    together = said_to(SYSTEM, by="product", of="A")
    monkeypatch.undo()
    alone = said_to(SYSTEM, by="product", of="A")
    assert together.quarters[1].total.mean == pytest.approx(alone.quarters[1].total.mean, abs=8)


def test_what_was_won_in_the_month_stands_beside_its_rest(history: Cast) -> None:
    """In the workspace's currency, of the deals that the viewer sees, of the segment asked for; of no later month."""
    age = (NOW - BEGIN).days
    for days, amount, more, whose in (
        (0, 40, {"source": "fair"}, history.ada),
        (1, 7, {"source": "web"}, history.cem),
        (0, 5, {"currency": "CHF"}, history.ada),
        (20, 300, {}, history.ada),
    ):
        live(Past(age - days - 9, 9, "won", {"amount": amount, **more}), actor=whose)
    made(history)
    for viewer, month in ((SYSTEM, 47), (history.ada, 40), (history.cem, 7)):
        found = said_to(viewer)
        assert (found.months[0].won, found.months[1].won, found.quarters[1].won) == (month, None, None)
        assert found.quarters[0].won and found.quarters[0].won >= month + (300 if viewer is not history.cem else 0)
    assert said_to(SYSTEM, by="source", of="web").months[0].won == 7
    assert said_to(SYSTEM, by="team", of=str(history.north)).months[0].won == 40
    stage = said_to(SYSTEM, by="stage").segments[0].key
    assert said_to(SYSTEM, by="stage", of=stage).months[0].won is None


def test_segments_that_are_none_are_refused(history: Cast) -> None:
    made(history)
    nobody = "00000000-0000-4000-8000-000000000000"
    for by, of in (("team", nobody), ("stage", "1"), ("stage", "x y"), ("owner", "1"), ("source", "A\0")):
        with pytest.raises(Missing):
            stored.report(SYSTEM, by=by, of=of)
    with pytest.raises(Refusal):
        stored.report(SYSTEM, of="A")
    nothing = said_to(SYSTEM, by="source", of="'; DROP")
    assert (nothing.n, nothing.deals, nothing.months[0].total.high80) == (0, (), 0)
    assert said_to(history.ada, by="team", of=str(history.south)).n == 0, "of another team one sees nothing"


def test_the_terminal_tells_one_segment(history: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    made(history)
    monkeypatch.setattr(clock, "now", lambda: NOW)
    monkeypatch.setattr("etappe.config.start.application", nullcontext)

    def run(*asked: str) -> Result:
        return CliRunner().invoke(main, ["report", *asked])

    told = json.loads(run("forecast", "--by", "product", "--of", "A", "--format", "json").stdout)
    alone = said_to(SYSTEM, by="product", of="A")
    assert (told["n"], told["segment"]["key"], told["months"]) == (alone.n, "A", stored.as_json(alone)["months"])
    assert run("forecast", "--by", "product", "--of", "A").stdout.startswith(f"A: {alone.n} open deals")
    for asked in (("win_rate", "--of", "A"), ("forecast_backtest", "--by", "product"), ("sales_model", "--of", "A")):
        assert "This takes no" in run(*asked).stderr
    for wrong, words in ((["--of", "A"], "--of needs --by"), (["--by", "owner", "--of", "1"], "no such record")):
        refused = run("forecast", *wrong)
        assert refused.exit_code and words in refused.stderr, refused.stderr


def _frozen() -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT said::text FROM insights_forecastdeal AS said ORDER BY id")
        return list(cursor.fetchall())


def test_a_deal_that_moves_is_said_anew_at_once_and_nothing_is_rewritten(history: Cast) -> None:
    made(history)
    uid = next(deal.uid for deal in said_to(history.ada).deals)
    before, kept = stored.of_deal(history.ada, uid), _frozen()
    move(uid, "ordered", actor=history.ada, at=NOW)
    with CaptureQueriesContext(connection) as asked:
        after = stored.of_deal(history.ada, uid)
    assert before and after and not before.has_moved and after.has_moved and len(asked) <= 5
    assert (after.stage_label, after.likely) != (before.stage_label, before.likely) and kept == _frozen()
    assert f"{after.seen}" in str(after.why) and after.chance != before.chance
    listed = next(deal for deal in said_to(history.ada).deals if deal.uid == uid)
    assert listed == after
    _goes_by_the_clock()
    actions.forecast(actor=SYSTEM, at=NOW)
    learned = stored.of_deal(history.ada, uid)
    assert learned and not learned.has_moved and learned.chance == pytest.approx(after.chance, abs=0.05)
    with pytest.raises(Missing):
        stored.of_deal(history.cem, uid)
    win(uid, actor=history.ada, at=NOW + timedelta(hours=1))
    assert stored.of_deal(history.ada, uid) is None


def _goes_by_the_clock() -> None:
    """Of a deal that moved: had the next months been found to be slow, less would come in them."""
    newest = Forecast.objects.get(kind="current")
    rows = stored._rows(newest.id, SYSTEM, "true")
    (before,) = (row for row in freshened(newest, rows) if row["has_moved"])
    newest.pace = [1.0, 1.0, *[0.3] * 4, *[1.0] * 6]
    (slowly,) = (row for row in freshened(newest, rows) if row["has_moved"])
    assert sum(slowly["months"][:3]) < sum(before["months"][:3])


ONE_SIDED: list[tuple[list[str], int | None, str]] = [
    ([], None, ""),
    (["won"] * 20, None, "no_amount_won"),
    (["lost"] * 20, 100, "nothing_won"),
    (["won"] * 20, 100, ""),
]


@pytest.mark.parametrize(("outcomes", "amount", "odd"), ONE_SIDED)
def test_little_and_one_sided_histories_give_no_nonsense(
    db: None, outcomes: list[str], amount: int | None, odd: str
) -> None:
    cast = company()
    live_all([Past(at % 9, at % 5, outcome, {"amount": amount}) for at, outcome in enumerate(outcomes)], cast)
    live(Past(400, 0, "open", {"amount": None, "currency": "CHF"}), actor=cast.ada)
    said = made(cast)
    assert said.is_enough == (len(outcomes) >= 20 and not odd), "nothing is said of money that no win tells of"
    assert not odd or said.quality[odd] == 1
    text = json.dumps(stored.as_json(said))
    assert "NaN" not in text and "Infinity" not in text
    if said.is_enough:
        assert said.quality["open_in_no_sum"] == 1 and "open_without_amount" not in said.quality
        (deal,) = said.deals
        assert (deal.amount, deal.expected, deal.why[-1]) == (None, None, ("no_amount",))
        assert not said.others and said.months[0].from_open == 0


def test_curves_recover_what_the_deals_were_drawn_from() -> None:
    """A chain with known chances: after 30 days in the first stage 60 % go on, of those 50 % are won 10 days later."""
    chance = np.random.default_rng(5)
    count = 20_000
    goes = chance.random(count) < 0.6
    wins = chance.random(count) < 0.5
    days = chance.geometric(1 / 30, count)
    later = chance.geometric(1 / 10, count)
    cut = chance.integers(1, 300, count)
    first = np.where(days <= cut, np.where(goes, 1, core.OUT), core.GOES_ON)
    second = goes & (days <= cut)
    seen = later[second] <= (cut - days)[second]
    stays = core.Stays(
        np.concatenate([np.zeros(count, int), np.ones(second.sum(), int)]),
        np.concatenate([np.minimum(days, cut), np.minimum(later[second], (cut - days)[second])]),
        np.concatenate([first, np.where(seen, np.where(wins[second], core.WON, core.OUT), core.GOES_ON)]),
        np.zeros(count + second.sum(), int),
    )
    curves = core.fit(stays, 2)
    assert curves.won_within[0, -1] == pytest.approx(0.3, abs=0.02)
    assert curves.won_within[1, 10] == pytest.approx(0.5 * (1 - 0.9**10), abs=0.02)
    truth = 0.3 * np.mean(chance.geometric(1 / 30, 200_000) + chance.geometric(1 / 10, 200_000) <= 40)
    assert curves.won_within[0, 40] == pytest.approx(truth, abs=0.02)
    assert curves.from_now([50])[0, 0, -1] == pytest.approx(0.3, abs=0.03)
    assert core.quantiles(curves.from_now([0])[1])[0, 1] in (6, 7, 8)


def test_sums_of_deals_have_the_spread_they_should() -> None:
    chances = np.full((400, 2), 0.25)
    deals = core.Open(chances, np.full(400, 10.0), np.zeros(400), np.arange(400) % 2)
    drawn = core.simulate(deals, 2, 4000, np.random.default_rng(2))
    total = drawn.sum(axis=0)
    assert total[:, 0].mean() == pytest.approx(1000, rel=0.01)
    assert total[:, 0].std() == pytest.approx(10 * np.sqrt(400 * 0.25 * 0.75), rel=0.05)
    unsure = core.simulate(deals, 2, 4000, np.random.default_rng(2), common=0.5).sum(axis=0)
    assert unsure[:, 0].std() > 2.5 * total[:, 0].std()

"""What of a drawn life a deal is made of: its course, who sells it, the reason it left for, when it was decided."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from etappe.core.process import Phase, Process, Status
from etappe.core.simulate.lives import Course, Lives, course
from etappe.deals.load import Stay
from etappe.demo.order import Order

LEFT = {"lost": ("competitor", "price", "no_decision"), "declined": ("not_for_us",), "disqualified": ("no_need",)}


@dataclass(frozen=True)
class Played:
    """One of the lives that were drawn."""

    order: Order
    lives: Lives
    place: int

    @property
    def went(self) -> Course:
        """Its course up to the present."""
        return course(self.order.company, self.lives, self.place, self.order.company.days)

    @property
    def seller(self) -> str:
        """Who sells it."""
        return self.order.company.sellers[int(self.lives.seller[self.place])].key

    @property
    def segment(self) -> str:
        """Which kind of deal it is."""
        return self.order.company.segments[int(self.lives.segment[self.place])].key

    @property
    def excused(self) -> tuple[int, ...]:
        """Places of the stages it left by an exception: those between stages of winning, without the buyer's proof."""
        phases = [stage.phase for stage in self.order.process.stages]
        moves = range(len(self.went.entered) - 1)
        return tuple(
            place
            for place in moves
            if phases[place] is phases[place + 1] is Phase.WIN and self.lives.unproven[self.place, place]
        )


def stays(order: Order, went: Course) -> Iterator[Stay]:
    """Stages with status and time; from winning on a deal is won."""
    won = {stage.key for stage in order.company.after}
    for stage, at in went.entered:
        status = Status.WON if stage in won else Status.OPEN
        yield stage, status.value, order.at(at).isoformat()


def decided(order: Order, lives: Lives, place: int) -> str:
    """The moment that the deal was decided."""
    return order.at(float(lives.ended[place])).isoformat()


def reasons(process: Process, status: str) -> Sequence[str]:
    """The reasons that lead to this outcome: the usual ones where the process has them."""
    known = [reason.key for reason in process.leave if reason.outcome == status]
    return [key for key in LEFT[status] if key in known] or known

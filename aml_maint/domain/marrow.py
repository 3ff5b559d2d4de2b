"""One marrow examination as reported: morphology, flow MRD, fusion-gene PCR."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from aml_maint.domain.errors import BadInput
from aml_maint.domain.messages import say
from aml_maint.domain.moment import Moment


@dataclass(frozen=True)
class Marrow:
    """What the laboratory reported of one sample; None is "not reported", never negative.

    Percentages keep their printed digits. `flow_not_detected` and `flow_percent` exclude each
    other.
    """

    id: str
    patient_id: str
    collected: Moment
    blasts_percent: Decimal | None = None
    morphology_adequate: bool | None = None
    flow_percent: Decimal | None = None
    flow_not_detected: bool = False
    flow_events: int | None = None
    flow_tube: str | None = None
    flow_age_hours: int | None = None
    pcr_ratio_percent: Decimal | None = None
    note: str = ""

    def __post_init__(self) -> None:
        for field in ("blasts_percent", "flow_percent"):
            value: Decimal | None = getattr(self, field)
            if value is not None and not 0 <= value <= 100:
                raise BadInput(say("error.percent_range", value=value), field=field)
        if self.flow_not_detected and self.flow_percent is not None:
            raise BadInput(say("error.flow_contradiction"), field="flow_percent")
        if self.flow_events is not None and self.flow_events < 0:
            raise BadInput(say("error.not_a_number", text=str(self.flow_events)), field="events")

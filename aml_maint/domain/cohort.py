"""The facts of a legacy cohort as printed, validated row by row, never completed by guesses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from aml_maint.domain.errors import BadInput, RowProblem
from aml_maint.domain.messages import Message, say
from aml_maint.domain.outcome import Observation, as_reported
from aml_maint.domain.patient import Flt3Itd, Risk, Sex
from aml_maint.domain.quantities import decimal

_T = TypeVar("_T")

REQUIRED = ("patient", "sex", "age_years", "rfs_months", "os_months", "relapse_event",
            "death_event", "outcome", "status")  # fmt: skip
COLUMNS = (
    "patient", "sex", "age_years", "wbc_e9_per_l", "blast_percent", "fab", "fab_group",
    "karyotype", "gene_mutations", "flt3_itd", "fusion", "eln2022_paper", "sorafenib_timing",
    "pretreatment", "mrd_pre_fcm", "mrd_pre_fcm_percent", "aml1_eto_abl_percent", "status",
    "relapse_event", "relapse_type", "rfs_months", "os_months", "outcome", "death_event",
    "os_minus_rfs_months", "notes",
)  # fmt: skip

STATUSES = ("CR", "molecular_relapse", "morphological_relapse")
OUTCOMES = ("alive", "dead", "lost_to_follow_up")


@dataclass(frozen=True)
class ReportedPatient:
    """One patient of a published cohort. Numbers keep their printed digits; None is "not given"."""

    number: int
    sex: Sex
    age_years: Decimal
    wbc: Decimal | None
    blast_percent: Decimal | None
    fab: str
    fab_group: str
    karyotype: str
    mutations: tuple[str, ...]
    flt3_itd: Flt3Itd
    fusion: str
    eln2022: Risk
    sorafenib_timing: str
    pretreatment: str
    mrd_flow: str
    mrd_flow_percent: Decimal | None
    fusion_ratio_percent: Decimal | None
    status: str
    relapse: bool
    relapse_type: str
    rfs_months: Decimal
    os_months: Decimal
    outcome: str
    death: bool
    notes: str

    @property
    def overall_survival(self) -> Observation:
        """Diagnosis to death or last contact, as reported."""
        return as_reported(self.os_months, self.death)

    @property
    def relapse_free_survival(self) -> Observation:
        """Maintenance start to relapse (any, as the paper counts) or last contact."""
        return as_reported(self.rfs_months, self.relapse)


def read_row(row: Mapping[str, str], line: int) -> tuple[ReportedPatient | None, list[RowProblem]]:
    """One row of a cohort file: the patient, or every problem that the row has."""
    reader = _Reader(row, line)
    patient = reader.patient()
    return (None if reader.problems else patient), reader.problems


class _Reader:
    """Reads the cells of one row and collects what is wrong with them."""

    def __init__(self, row: Mapping[str, str], line: int) -> None:
        self.row = row
        self.line = line
        self.problems: list[RowProblem] = []

    def patient(self) -> ReportedPatient | None:
        for name in REQUIRED:
            if not self.text(name):
                self.wrong(name, say("import.missing_value"))
        number = self.number("patient", low=Decimal(1), high=Decimal(999_999), whole=True)
        sex = self.choice("sex", {"M": Sex.MALE, "F": Sex.FEMALE})
        age = self.number("age_years", high=Decimal(120))
        wbc = self.number("wbc_e9_per_l", high=Decimal(5000))
        blasts = self.number("blast_percent", high=Decimal(100))
        flt3 = self.choice("flt3_itd", {f.value: f for f in Flt3Itd})
        risk = self.choice("eln2022_paper", {r.value: r for r in Risk})
        flow = self.number("mrd_pre_fcm_percent", high=Decimal(100))
        ratio = self.number("aml1_eto_abl_percent")
        status = self.choice("status", {s: s for s in STATUSES})
        relapse = self.choice("relapse_event", {"0": False, "1": True})
        rfs = self.number("rfs_months", high=Decimal(1200))
        overall = self.number("os_months", high=Decimal(1200))
        outcome = self.choice("outcome", {o: o for o in OUTCOMES})
        death = self.choice("death_event", {"0": False, "1": True})
        self.agree(rfs, overall, outcome, death, status, relapse)
        if (
            self.problems or number is None or sex is None or age is None or status is None
            or relapse is None or rfs is None or overall is None or outcome is None
            or death is None
        ):  # fmt: skip
            return None
        return ReportedPatient(
            number=int(number), sex=sex, age_years=age, wbc=wbc, blast_percent=blasts,
            fab=self.text("fab"), fab_group=self.text("fab_group"),
            karyotype=self.text("karyotype"),
            mutations=tuple(g.strip() for g in self.text("gene_mutations").split(";") if g.strip()),
            flt3_itd=flt3 or Flt3Itd.NOT_RECORDED, fusion=self.text("fusion"),
            eln2022=risk or Risk.NOT_RECORDED, sorafenib_timing=self.text("sorafenib_timing"),
            pretreatment=self.text("pretreatment"), mrd_flow=self.text("mrd_pre_fcm"),
            mrd_flow_percent=flow, fusion_ratio_percent=ratio, status=status, relapse=relapse,
            relapse_type=self.text("relapse_type"), rfs_months=rfs, os_months=overall,
            outcome=outcome, death=death, notes=self.text("notes"),
        )  # fmt: skip

    def agree(
        self, rfs: Decimal | None, overall: Decimal | None, outcome: str | None,
        death: bool | None, status: str | None, relapse: bool | None,
    ) -> None:  # fmt: skip
        """Cells that contradict each other are a problem of the row, not ours to settle."""
        if rfs is not None and overall is not None and rfs > overall:
            self.wrong("rfs_months", say("import.rfs_longer_than_os"))
        if outcome is not None and death is not None and (outcome == "dead") != death:
            self.wrong("death_event", say("import.death_disagrees"))
        if status is not None and relapse is not None and (status != "CR") != relapse:
            self.wrong("relapse_event", say("import.relapse_disagrees"))

    def text(self, name: str) -> str:
        return (self.row.get(name) or "").strip()

    def wrong(self, name: str, message: Message) -> None:
        self.problems.append(RowProblem(self.line, name, message))

    def number(
        self, name: str, *, low: Decimal = Decimal(0), high: Decimal | None = None,
        whole: bool = False,
    ) -> Decimal | None:  # fmt: skip
        text = self.text(name)
        if not text:
            return None
        try:
            value = decimal(text, name)
        except BadInput as error:
            self.wrong(name, error.message)
            return None
        if value < low or (high is not None and value > high) or (whole and value % 1):
            self.wrong(name, say("import.out_of_range", text=text))
            return None
        return value

    def choice(self, name: str, choices: Mapping[str, _T]) -> _T | None:
        text = self.text(name)
        if text in choices:
            return choices[text]
        if text:
            self.wrong(name, say("import.not_a_choice", text=text, allowed=tuple(choices)))
        return None

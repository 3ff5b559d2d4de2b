"""The patient banner: who this is, on every screen and in every dialog of one patient."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from aml_maint.domain.messages import Message, say
from aml_maint.domain.patient import AllergyState, Patient, Sex
from aml_maint.domain.quantities import lab_text
from aml_maint.gui.desk import Looks
from aml_maint.gui.widgets.facts import Fact, FactView, Text, literal
from aml_maint.gui.widgets.flow_layout import FlowLayout
from aml_maint.gui.widgets.label import Label
from aml_maint.gui.widgets.ornament import Ornament
from aml_maint.gui.widgets.panel import Panel
from aml_maint.services.people import Banner

_NOT_KNOWN = say("banner.not_known")


class PatientBanner(QWidget):
    """Fixed above the tabs: name, birth, sex, number, allergies, disease, course, platelets.

    What tells who this is stands below the name, the rest beside it: two lines on most screens.
    """

    def __init__(self, looks: Looks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._looks = looks
        self._facts: list[FactView] = []
        self.name = Label(looks, role="title")
        self.who = Label(looks, role="small", token="muted")
        self.similar_sign = Ornament()
        self.similar = Label(looks, say("banner.similar"), role="small", token="warning")
        self._flow = FlowLayout(across=looks.theme.unit(4), down=looks.theme.unit(1))
        self._lay_out()
        looks.theme.changed.connect(self._restyle)
        # Facts are added later, and are told of another language after this.
        looks.words.changed.connect(self._speak, Qt.ConnectionType.QueuedConnection)
        self._restyle()

    def show_banner(self, banner: Banner) -> None:
        """Show a patient."""
        self.name.say(patient_name(banner.patient))
        self.similar_sign.setVisible(banner.has_similar_name)
        self.similar.setVisible(banner.has_similar_name)
        born, sex, mrn, *facts = banner_facts(banner)
        self.who.say(say("banner.who", born=born.value, sex=sex.value, mrn=mrn.value))
        while len(self._facts) < len(facts):
            view = FactView(self._looks, facts[len(self._facts)])
            self._facts.append(view)
            self._flow.addWidget(view)
        for place, view in enumerate(self._facts):
            view.setVisible(place < len(facts))
            if place < len(facts):
                view.tell(facts[place])
        self._speak()
        self.updateGeometry()

    @property
    def texts(self) -> dict[str, str]:
        """The facts shown, by their labels."""
        return {view.label.text(): view.value.text() for view in self._facts if not view.isHidden()}

    def paintEvent(self, event: QPaintEvent) -> None:
        """A raised surface with a line below it."""
        theme = self._looks.theme
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("surface_raised"))
        painter.setPen(QPen(theme.color("line"), 1))
        painter.drawLine(self.rect().bottomLeft(), self.rect().bottomRight())

    def _speak(self) -> None:
        shown = [view.spoken for view in self._facts if not view.isHidden()]
        self.setAccessibleName(self._looks.words.text("banner.name"))
        self.setAccessibleDescription(", ".join([self.name.text(), self.who.text(), *shown]))

    def _restyle(self) -> None:
        theme = self._looks.theme
        size = theme.unit(4)
        self.similar_sign.setPixmap(theme.icon("alert", "warning").pixmap(QSize(size, size)))
        self._flow.use_gaps(theme.unit(4), theme.unit(1))

    def _lay_out(self) -> None:
        theme = self._looks.theme
        named = QHBoxLayout()
        named.setSpacing(theme.unit())
        named.addWidget(self.name)
        named.addSpacing(theme.unit())
        named.addWidget(self.similar_sign)
        named.addWidget(self.similar)
        named.addStretch(1)
        who = QVBoxLayout()
        who.setSpacing(0)
        who.addLayout(named)
        who.addWidget(self.who)
        who.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.unit(4), theme.unit(1.5), theme.unit(4), theme.unit(1.5))
        row.setSpacing(theme.unit(6))
        row.addLayout(who)
        row.addLayout(self._flow, 1)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)


class PatientLine(Panel):
    """The banner in one line, for dialogs."""

    def __init__(self, looks: Looks, patient: Patient) -> None:
        super().__init__(looks, token="surface", line="line")
        theme = looks.theme
        self.name = Label(looks, patient_name(patient), role="strong")
        facts = say("banner.line", born=_born(patient, None), mrn=patient.mrn)
        self.facts = Label(looks, facts, role="small", token="muted", wrap=True)
        row = QVBoxLayout(self)
        row.setContentsMargins(theme.unit(3), theme.unit(2), theme.unit(3), theme.unit(2))
        row.setSpacing(0)
        row.addWidget(self.name)
        row.addWidget(self.facts)


def patient_name(patient: Patient) -> Text:
    """The patient's name as it stands everywhere: `FAMILY, Given`."""
    return literal(patient.full_name)


def banner_facts(banner: Banner) -> list[Fact]:
    """The banner's facts in their fixed order; what is not known is said in words."""
    patient = banner.patient
    facts = [
        Fact(say("banner.born"), _born(patient, banner.age)),
        Fact(say("banner.sex"), _sex(patient)),
        Fact(say("banner.mrn"), literal(patient.mrn)),
        _allergies(patient),
        Fact(say("banner.diagnosis"), _diagnosis(patient)),
        Fact(say("banner.course"), _course(banner)),
        Fact(say("banner.platelets"), _platelets(banner)),
    ]
    reported = banner.reported
    if reported is not None and patient.born_on is None:
        age = say("banner.age_reported", age=reported.age_years)
        facts[0] = Fact(say("banner.born"), age)
    return facts


def _born(patient: Patient, age: int | None) -> Message:
    if patient.born_on is None:
        return _NOT_KNOWN
    if age is None:
        return say("banner.day", day=patient.born_on)
    return say("banner.born_age", day=patient.born_on, age=age)


def _sex(patient: Patient) -> Message:
    if patient.sex is Sex.UNKNOWN:
        return say("banner.sex_not_known")
    return say(f"sex.{patient.sex.value}")


def _allergies(patient: Patient) -> Fact:
    label = say("banner.allergies")
    if patient.allergy_state is AllergyState.KNOWN:
        known = literal(patient.allergies) if patient.allergies else say("banner.allergies.known")
        return Fact(label, known, "danger")
    token = "text" if patient.allergy_state is AllergyState.NONE_KNOWN else "warning"
    return Fact(label, say(f"allergy.{patient.allergy_state.value}"), token)


def _diagnosis(patient: Patient) -> Message:
    disease: Text = literal(patient.diagnosis) if patient.diagnosis else say("banner.aml")
    return say(
        "banner.disease", disease=disease, flt3=say(f"flt3.{patient.flt3_itd.value}"),
        risk=say(f"risk.{patient.eln_risk.value}"),
    )  # fmt: skip


def _course(banner: Banner) -> Message:
    course, place = banner.course, banner.place
    if course is None:
        return say("banner.no_course")
    name = course.regimen.name
    if course.ended_on is not None:
        reason = say(f"end_reason.{course.end_reason.value}") if course.end_reason else _NOT_KNOWN
        return say("banner.course_ended", regimen=name, day=course.ended_on, reason=reason)
    if place is None:
        return say("banner.course_to_start", regimen=name, day=course.first_day)
    key = "banner.course_overrun" if place.overrun else "banner.course_day"
    return say(key, regimen=name, cycle=place.cycle, day=place.day)


def _platelets(banner: Banner) -> Message:
    result = banner.last_platelets
    if result is None:
        return say("banner.no_platelets")
    return say(
        "banner.platelets_of", value=lab_text(result.value), day=result.collected.local.date()
    )

"""A person at a page with nothing but a keyboard, for the test client: keys do what static/js/keys.js does."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

from flask.testing import FlaskClient


@dataclass
class Control:
    """Something that can have the focus: what it is, the form it is in, and whether that is answered by keys."""

    tag: str
    attributes: dict[str, str]
    form: "Form | None"

    @property
    def key(self) -> str:
        """The key that the page gives it."""
        return self.attributes.get("data-key", "")


@dataclass
class Form:
    """A form as it would be sent."""

    action: str
    in_place: bool
    fields: dict[str, str] = field(default_factory=dict)


class Page(HTMLParser):
    """The forms and controls of a page, in its order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.controls: list[Control] = []
        self._form: Form | None = None
        self._typed: str | None = None
        self._select = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep what can be sent, pressed or followed."""
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = Form(given.get("action", ""), "hx-post" in given)
        if tag in {"input", "button", "a", "textarea"}:
            self.controls.append(Control(tag, given, self._form))
        if self._form is not None and tag == "input" and given.get("type") != "submit":
            self._keep(given)
        if tag == "select":
            self._select = given["name"]
        if (
            tag == "option"
            and self._form is not None
            and ("selected" in given or self._select not in self._form.fields)
        ):
            self._form.fields[self._select] = given.get("value", "")
        if tag == "textarea" and self._form is not None:
            self._typed = given["name"]
            self._form.fields[self._typed] = ""

    def handle_endtag(self, tag: str) -> None:
        """Leave a form or a field."""
        self._form = None if tag == "form" else self._form
        self._typed = None if tag == "textarea" else self._typed

    def handle_data(self, data: str) -> None:
        """Words in a text field."""
        if self._typed is not None and self._form is not None:
            self._form.fields[self._typed] += data

    def _keep(self, given: dict[str, str]) -> None:
        chosen = given.get("type") not in {"radio", "checkbox"} or "checked" in given
        if self._form is not None and chosen and "name" in given:
            self._form.fields[given["name"]] = given.get("value", "")


class Keyboard:
    """Presses keys and counts them. `path` is where it is, `rung` what the computer was asked to dial."""

    def __init__(self, client: FlaskClient, path: str) -> None:
        self._client = client
        self.count = 0
        self.rung: list[str] = []
        self.go(path)

    def go(self, path: str) -> None:
        """Open a page, and stand where it puts the focus."""
        self.path = path
        self._show(self._client.get(path).text)

    def press(self, *keys: str) -> None:
        """One key after the other; Enter does what the focus is on."""
        for key in keys:
            self.count += 1
            self._use(self._focus if key == "Enter" else self._target(key))

    def type(self, name: str, words: str) -> None:
        """Words into the field that the focus was brought to, a key for each letter."""
        form = self._answers()
        assert name in form.fields, f"{self.path} has no field {name}"
        form.fields[name] = words
        self.count += len(words)

    def counted(self) -> int:
        """How many since it was last asked."""
        count, self.count = self.count, 0
        return count

    def _show(self, text: str) -> None:
        self.text = text
        self._page = Page(text)
        self._answered: set[str] = set()
        self._focus = next((one for one in self._page.controls if "data-focus" in one.attributes), None)

    def _target(self, key: str) -> Control:
        """Of several questions with the same numbers the first that is not answered counts."""
        found = [one for one in self._page.controls if one.key == key]
        own = [one for one in found if not one.attributes.get("href", "").startswith("/")] or found
        assert own, f"nothing on {self.path} has the key {key}"
        return next((one for one in own if one.attributes.get("name") not in self._answered), own[0])

    def _use(self, control: Control | None) -> None:
        assert control is not None, f"nothing on {self.path} has the focus"
        if control.tag == "a":
            self._follow(control.attributes["href"])
        elif control.attributes.get("type") == "radio":
            self._answer(control)
        else:
            self._send(control)

    def _answer(self, control: Control) -> None:
        assert control.form is not None
        name = control.attributes["name"]
        control.form.fields[name] = control.attributes["value"]
        self._answered.add(name)
        self._focus = next(
            one for one in self._page.controls
            if one.form is control.form and one.tag == "button" and "btn--primary" in one.attributes["class"]
        )  # fmt: skip

    def _follow(self, address: str) -> None:
        if address.startswith("/"):
            self.go(address)
        else:
            self.rung.append(address)

    def _send(self, button: Control) -> None:
        form = button.form
        assert form is not None
        named = {button.attributes["name"]: button.attributes.get("value", "")} if "name" in button.attributes else {}
        headers = {"HX-Request": "true"} if form.in_place else {}
        answer = self._client.post(form.action, data={**form.fields, **named}, headers=headers)
        if form.in_place:
            self._swap(form, answer.text)
        elif answer.status_code == 303:
            self.go(answer.location)
        else:
            self._show(answer.text)

    def _swap(self, form: Form, part: str) -> None:
        """The part takes the form's place: everything typed beside it stays."""
        fresh = Page(part).controls
        self._page.controls = [one for one in self._page.controls if one.form is not form] + fresh
        self._focus = next((one for one in fresh if "data-focus" in one.attributes), self._focus)

    def _answers(self) -> Form:
        """The form that is typed into: the one with most fields."""
        forms = [one.form for one in self._page.controls if one.form is not None]
        return max(forms, key=lambda form: len(form.fields))

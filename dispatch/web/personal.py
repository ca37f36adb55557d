"""Personal facts as a file has them: masked, or whole for whom they were let out to."""

from dataclasses import dataclass

from dispatch.domain import masking, phone, plate
from dispatch.domain.errors import Invalid


@dataclass(frozen=True, slots=True)
class Personal:
    """How each kind of fact is written. `whole`: nothing is masked."""

    whole: bool

    def name(self, full: str) -> str:
        """Somebody's name, or what is left of it."""
        return full if self.whole else masking.name(full)

    def phone(self, e164: str) -> str:
        """A number as it is read out, or its head and tail."""
        if not e164:
            return ""
        return phone.display(e164) if self.whole else phone.masked(e164)

    def plate(self, stored: str) -> str:
        """A number plate, or its beginning."""
        try:
            read = plate.parse(stored)
        except Invalid:
            return stored if self.whole else masking.free_text(stored)
        return read.display() if self.whole else read.masked()

    def address(self, full: str) -> str:
        """An address, or its district."""
        return full if self.whole else masking.address(full)

    def words(self, said: str) -> str:
        """What somebody wrote, or the same without the numbers in it."""
        return said if self.whole else masking.free_text(said)


MASKED = Personal(whole=False)

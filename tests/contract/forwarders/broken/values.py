"""Mistakes in the values of traits: IDN-01 to IDN-05."""

import json
from typing import Any

from tests.contract.forwarders.broken.table import Values, broken, is_number, shortened
from tests.contract.forwarders.forwarder import Forwarder, Json


@broken("IDN-01", "true and false are sent as 1 and 0.")
class BoolIsInteger(Values):
    def value(self, value: Any) -> Any:
        return int(value) if isinstance(value, bool) else value


@broken("IDN-01", "Every custom field is said to be a string; the values are as they were.")
class AllStrings(Forwarder):
    def custom_type(self, value: object) -> str:
        return "string"


@broken("IDN-05", "Every number is said to be an integer; the values are as they were.")
class AllIntegers(Forwarder):
    def custom_type(self, value: object) -> str:
        return "integer" if isinstance(value, float) else super().custom_type(value)


@broken("IDN-01", "true and false are sent as the texts true and false.")
class BoolIsText(Values):
    def value(self, value: Any) -> Any:
        return json.dumps(value) if isinstance(value, bool) else value


@broken("IDN-01", "true and false are sent as the texts True and False, under the type boolean.")
class BoolIsStr(Forwarder):
    def custom(self, name: str, value: object) -> tuple[str, Any]:
        key, value = super().custom(name, value)
        return key, str(value) if isinstance(value, bool) else value


@broken("IDN-02", "Whatever is falsy is dropped.")
class DropsFalsy(Forwarder):
    def keeps(self, name: str, value: object) -> bool:
        return bool(value) and super().keeps(name, value)


@broken("IDN-02", "The empty text is dropped.")
class DropsEmptyText(Forwarder):
    def keeps(self, name: str, value: object) -> bool:
        return value != "" and super().keeps(name, value)


@broken("IDN-02", "0 is dropped.")
class DropsZero(Forwarder):
    def keeps(self, name: str, value: object) -> bool:
        return not (is_number(value) and value == 0) and super().keeps(name, value)


@broken("IDN-02", "false is dropped: a flag that is off is left away.")
class DropsFalse(Forwarder):
    def keeps(self, name: str, value: object) -> bool:
        return value is not False and super().keeps(name, value)


class KeepsNull(Forwarder):
    """Base of broken ones; correct as long as null arrives nowhere."""

    null: Any = None

    def fields(self, traits: Json) -> Json:
        return super().fields({k: self.null if v is None else v for k, v in traits.items()})


@broken("IDN-03", "null becomes the text None.")
class NullIsTextNone(KeepsNull):
    null = "None"


@broken("IDN-03", "null becomes the text null.")
class NullIsTextNull(KeepsNull):
    null = "null"


@broken("IDN-03", "null becomes the empty text.")
class NullIsEmpty(KeepsNull):
    null = ""


@broken("IDN-03", "null becomes 0.")
class NullIsZero(KeepsNull):
    null = 0


@broken("IDN-04", "Whole numbers are sent as texts.")
class IntegerIsText(Values):
    def value(self, value: Any) -> Any:
        return str(value) if type(value) is int else value


@broken("IDN-04", "Whole numbers go through a float of 32 bits.")
class IntegerIsShortFloat(Values):
    def value(self, value: Any) -> Any:
        return int(shortened(value)) if type(value) is int else value


@broken("IDN-04", "Whole numbers end at 32 bits.")
class IntegerIs32Bits(Values):
    def value(self, value: Any) -> Any:
        return min(max(value, -(2**31)), 2**31 - 1) if type(value) is int else value


@broken("IDN-04", "Whole numbers lose their sign.")
class IntegerIsUnsigned(Values):
    def value(self, value: Any) -> Any:
        return abs(value) if type(value) is int else value


@broken("IDN-05", "What is behind the point is cut off.")
class FloatIsInteger(Values):
    def value(self, value: Any) -> Any:
        return int(value) if isinstance(value, float) else value


@broken("IDN-05", "Numbers are rounded to two places.")
class FloatIsRounded(Values):
    def value(self, value: Any) -> Any:
        return round(value, 2) if isinstance(value, float) else value


@broken("IDN-05", "Numbers go through a float of 32 bits.")
class FloatIsShort(Values):
    def value(self, value: Any) -> Any:
        return shortened(value) if isinstance(value, float) and abs(value) < 1e38 else value


@broken("IDN-05", "Numbers with a point are sent as texts.")
class FloatIsText(Values):
    def value(self, value: Any) -> Any:
        return str(value) if isinstance(value, float) else value

import pytest

from assistant.channel_settings import CHANNELS, read_channels
from assistant.settings import read_settings
from tests.messaging.rules import VALUES

ALL = {**VALUES, "SIGNED_REPLY_URL": "https://other.example/replies"}


def test_every_channel_is_off_by_default() -> None:
    for name, channel in read_settings({}).channels.items():
        assert not channel.is_on
        assert not channel.wanted
        assert channel.missing, name


def test_every_channel_is_on_with_its_variables_and_no_others() -> None:
    for name, variables in CHANNELS.items():
        own = {variable.name: ALL[variable.name] for variable in variables if variable.name in ALL}
        channels = read_channels(own)
        assert [other for other, channel in channels.items() if channel.is_on] == [name]
        for variable in variables:
            if variable.default is None:
                lacking = read_channels({key: value for key, value in own.items() if key != variable.name})[name]
                assert (lacking.missing, lacking.is_on, lacking.wanted) == ((variable.name,), False, True)


def test_an_address_that_others_use_too_asks_for_no_channel() -> None:
    assert not read_channels({"PUBLIC_URL": "https://a.example"})["twilio"].wanted


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("TELEGRAM_TOKEN", "no token"),
        ("TELEGRAM_SECRET", "short"),
        ("TELEGRAM_SECRET", "é" * 20),
        ("TELEGRAM_API_URL", "http://api.telegram.org"),
        ("TELEGRAM_API_URL", "https://user:pass@api.telegram.org"),
        ("MESSENGER_VERIFY_TOKEN", "short"),
        ("WHATSAPP_PHONE_NUMBER_ID", "+33700000000"),
        ("TWILIO_ACCOUNT_SID", "AC1"),
        ("TWILIO_WHATSAPP_NUMBER", "0700000000"),
        ("PUBLIC_URL", "assistant.example.org"),
        ("SLACK_TOKEN", "xoxp-123456789"),
        ("SIGNED_SECRET", "too short a secret"),
        ("SIGNED_REPLY_URL", "http://other.example"),
    ],
)
def test_what_cannot_be_used_is_said_without_quoting_it_and_stops_that_channel_only(variable: str, value: str) -> None:
    channels = read_channels({**ALL, variable: value})
    off = [channel for channel in channels.values() if not channel.is_on]
    assert len(off) == 1
    assert off[0].wrong[0].startswith(f"{variable} ")
    assert value not in " ".join(off[0].wrong)


def test_a_stand_in_on_this_machine_needs_no_certificate() -> None:
    assert read_channels({**ALL, "TELEGRAM_API_URL": "http://127.0.0.1:8080"})["telegram"].is_on

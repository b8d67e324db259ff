"""`make channels`: which messaging channels are on, what the others lack, whether providers take the credentials."""

import asyncio
import sys
from collections.abc import Mapping

from assistant.channel_settings import ChannelSettings
from assistant.channels.messaging.channel import PROVIDERS
from assistant.channels.messaging.post import Post
from assistant.channels.messaging.provider import Provider
from assistant.settings import SettingsError, settings

PROBE_SECONDS = 10
COLUMNS = (30, 9)  # widths of the channel's name and of its state


async def ask(provider: Provider) -> tuple[bool | None, str]:
    """Asks a provider whether it takes the credentials.

    Returns:
        Whether it does, None if that cannot be known; and what to tell the staff, in French.
    """
    request = provider.probe()
    if request is None:
        return None, "rien à vérifier d’ici"
    post = Post(provider, PROBE_SECONDS)
    try:
        verdict = await post.ask(request)
    finally:
        await post.close()
    if verdict.taken:
        return True, "identifiants acceptés"
    if verdict.again:
        return None, f"pas de réponse utilisable ({verdict.why})\u00a0: réessayez plus tard"
    return False, f"identifiants refusés ({verdict.why})"


def lacks(channel: ChannelSettings) -> str:
    """What a channel that is off lacks, in French."""
    parts = [*channel.wrong, *(f"il manque {name}" for name in channel.missing)]
    return "\u00a0; ".join(parts)


async def table(channels: Mapping[str, ChannelSettings], public_url: str) -> tuple[list[str], bool]:
    """The lines of the table, and whether all is well with the channels that somebody wants.

    Args:
        channels: their variables.
        public_url: where the providers reach the assistant; a stand-in for it where it is not set.
    """
    lines, good = [], True
    for kind in PROVIDERS:
        channel = channels[kind.name]
        address = f"{public_url.rstrip('/')}/webhooks/{kind.name}/webhook"
        if channel.is_on:
            taken, words = await ask(kind(channel))
            good = good and taken is not False
            lines += [_line(kind.title, "allumé" if taken is not False else "en panne", words), _line("", "", address)]
        elif channel.wanted:
            good = False
            lines.append(_line(kind.title, "à finir", lacks(channel)))
        else:
            lines.append(_line(kind.title, "éteint", lacks(channel)))
    return lines, good


def _line(title: str, state: str, words: str) -> str:
    return f"{title:<{COLUMNS[0]}}{state:<{COLUMNS[1]}} {words}"


def main() -> int:
    """Prints the table; the exit code is 1 if a channel that somebody wants is not on."""
    try:
        channels = settings().channels
    except SettingsError as problem:
        print(problem, file=sys.stderr)
        return 1
    public_url = channels["twilio"].values.get("PUBLIC_URL", "https://VOTRE-SERVEUR")
    lines, good = asyncio.run(table(channels, public_url))
    print("\n".join([_line("canal", "état", "ce qu’il faut savoir"), *lines]))
    print("\nComment obtenir chaque variable : docs/channels.md")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())

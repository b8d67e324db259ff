"""What each messaging channel can show: the one table of limits. Characters unless it says otherwise.

Sources, as the providers published them (a limit that they state for several clients is the narrowest):
    telegram   core.telegram.org/bots/api: sendMessage (text), InlineKeyboardButton (callback_data, bytes)
    messenger  developers.facebook.com/docs/messenger-platform: reference/send-api (text), send-messages/quick-replies,
               reference/templates/button (text with link buttons), reference/buttons/url (titles)
    whatsapp   developers.facebook.com/documentation/business-messaging/whatsapp: messages/text-messages,
               messages/interactive-reply-buttons-messages, interactive-list-messages, interactive-cta-url-messages
    twilio     twilio.com/docs/messaging/api/message-resource (Body); it has no buttons outside of approved templates
    slack      docs.slack.dev/reference/block-kit: blocks/section-block, blocks/actions-block,
               block-elements/button-element; a message has at most 50 blocks
    signed     ours: see docs/channels.md
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Capabilities:
    """The limits of one channel.

    Attributes:
        text: of one message of text.
        choices: how many choices one message can carry as buttons; 0 where they are numbered in the text.
        choice_title: of a choice's button.
        payload: of what a choice's button sends, in bytes.
        choice_text: of the text above the choices.
        link_buttons: how many links one message can carry as buttons; 0 where addresses are written out.
        link_title: of a link's button.
        link_text: of the text above link buttons.
        row_title: of a row in a list of choices; 0 where there are no lists.
        row_description: of the line below it.
        list_button: of the button that opens the list.
    """

    text: int
    choices: int = 0
    choice_title: int = 0
    payload: int = 0
    choice_text: int = 0
    link_buttons: int = 0
    link_title: int = 0
    link_text: int = 0
    row_title: int = 0
    row_description: int = 0
    list_button: int = 0


CAPABILITIES = {
    "telegram": Capabilities(
        text=4096,
        choices=100,
        choice_title=64,  # no limit is published; telephones show some 40
        payload=64,
        choice_text=4096,
        link_buttons=100,
        link_title=64,
        link_text=4096,
    ),
    "messenger": Capabilities(
        text=2000,
        choices=13,
        choice_title=20,
        payload=1000,
        choice_text=2000,
        link_buttons=3,
        link_title=20,
        link_text=640,
    ),
    "whatsapp": Capabilities(
        text=4096,
        choices=3,
        choice_title=20,
        payload=200,
        choice_text=1024,
        link_buttons=1,
        link_title=20,
        link_text=1024,
        row_title=24,
        row_description=72,
        list_button=20,
    ),
    "twilio": Capabilities(text=1600),
    "slack": Capabilities(
        text=3000,
        choices=25,
        choice_title=75,
        payload=2000,
        choice_text=3000,
        link_buttons=25,
        link_title=75,
        link_text=3000,
    ),
    "signed": Capabilities(
        text=4000,
        choices=10,
        choice_title=100,
        payload=64,
        choice_text=4000,
        link_buttons=10,
        link_title=100,
        link_text=4000,
    ),
}

# Characters of a title that every channel with buttons can show; domain.yml holds a `short` where a title is longer.
NARROWEST_TITLE = min(limits.choice_title for limits in CAPABILITIES.values() if limits.choices)

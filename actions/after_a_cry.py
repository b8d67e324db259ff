"""What follows a cry for help: the person is not let go with the answer that anybody else would get."""

_STAY, _EMERGENCY = "utter_stay_with_you", "utter_emergency"
# What follows a bare « oui » or « non ». Not after a fresh diagnosis or a request for advice: there nobody spoke of
# dying, and it would frighten.
AFTER_A_CRY = {
    _EMERGENCY: _EMERGENCY,
    **dict.fromkeys(("utter_suicide", "utter_distress", "utter_bereavement", _STAY), _STAY),
}
# What follows a message that is not understood: « je n’ai pas compris » would be cold.
AFTER_AN_URGENT_CRY = {name: AFTER_A_CRY[name] for name in (_EMERGENCY, "utter_suicide")}

"""What follows a cry for help: the person is not let go with the answer that anybody else would get."""

EMERGENCY = "utter_emergency"
_STAY = "utter_stay_with_you"
# What follows a bare « oui » or « non ». Not after a fresh diagnosis or a request for advice: there nobody spoke of
# dying, and it would frighten.
AFTER_A_CRY = {
    EMERGENCY: EMERGENCY,
    **dict.fromkeys(("utter_suicide", "utter_distress", "utter_bereavement", _STAY), _STAY),
}
# What follows a message that is not understood: « je n’ai pas compris » would be cold.
AFTER_AN_URGENT_CRY = {name: AFTER_A_CRY[name] for name in (EMERGENCY, "utter_suicide")}

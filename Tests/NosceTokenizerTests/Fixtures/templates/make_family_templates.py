"""Conversations through the templates in families/, as the reference library renders them.

    python make_family_templates.py families/cases.json
"""
import datetime
import json
import pathlib
import sys

import jinja2
import transformers.utils.chat_template_utils as reference

NOW = datetime.datetime(2024, 11, 5, 9, 8, 7)
TOKENS = dict(bos_token="<s>", eos_token="</s>")
TOOLS = [
    {"type": "function", "function": {
        "name": "get_tide", "description": "The tide's height.\nIn metres.", "parameters": {
            "type": "object", "required": ["place"], "properties": {
                "place": {"type": "string", "description": "Where, e.g. \"Åbo\" & <co>"},
                "unit": {"type": "string", "enum": ["m", "ft"], "default": "m"},
                "hours": {"type": "array", "items": {"type": "integer"}},
                "near": {"type": "object", "properties": {"x": {"type": "number"}, "y": {"type": ["number", "null"]}}, "required": ["x"]},
                "either": {"oneOf": [{"type": "string"}, {"type": "boolean"}], "default": True}}}}},
    {"type": "function", "function": {"name": "stop", "description": "", "parameters": {"type": "object", "properties": {}}, "return": {"type": "null"}}},
]


def m(role, content, **more):
    return dict(role=role, content=content, **more)


CALL = dict(id="abcdefgh1", type="function", function=dict(name="get_tide", arguments={"place": "Åbo \"x\"", "hours": [1, 2]}))
CONVERSATIONS = {
    "user": [m("user", "Which do you prefer?")],
    "system": [m("system", "You are a harbour."), m("user", "  Who?  \n")],
    "answered": [m("user", "Who?"), m("assistant", "Me, \"the\" harbour.\n")],
    "long": [m("system", "Be short. /no_think"), m("user", "A?"), m("assistant", " B! "), m("user", "C?\n\nD"), m("assistant", "\nE 😀 é")],
    "tools": [m("user", "Tide?"), m("assistant", "", tool_calls=[CALL]), m("tool", "2 m", tool_call_id="abcdefgh1"), m("assistant", "It is 2 m."), m("user", "Thanks")],
    "call-none": [m("user", "Tide?"), m("assistant", None, tool_calls=[CALL]), m("tool", {"height": 2.5})],
    "two-calls": [m("user", "Tide?"), m("assistant", "I look.", tool_calls=[CALL, dict(CALL, id="2")]), m("tool", "1"), m("tool", "2"), m("user", "<tool_response>x</tool_response>")],
    "thinking": [m("user", "1+1?"), m("assistant", "<think>\nEasy.\n</think>\n\n2"), m("user", "2+2?"), m("assistant", "<think>\nHm.\n</think>\n\n4")],
    "reasoning": [m("user", "1+1?"), m("assistant", "2", reasoning_content="Easy."), m("user", "?"), m("assistant", "Yes", reasoning_content="\nSo\n")],
    "parts": [m("system", [{"type": "text", "text": "See."}]), m("user", [{"type": "image"}, {"type": "text", "text": " What is this? "}]), m("assistant", [{"type": "text", "text": "A boat"}])],
    "wrong-order": [m("user", "A"), m("user", "B")],
    "unknown-role": [m("user", "A"), m("critic", "B")],
    "assistant-first": [m("assistant", "A")],
    "override": [m("system", "Only this. /system_override"), m("user", "A"), m("assistant", "<think>x</think>B")],
}
OPTIONS = [
    {}, {"add_generation_prompt": True}, {"continue_final_message": True}, {"tools": "all"},
    {"tools": "first", "add_generation_prompt": True, "kwargs": {"tools_in_user_message": False, "enable_thinking": False}},
    {"kwargs": {"date_string": "1 May 2025", "builtin_tools": ["interpreter", "get_tide"], "strict": True, "python_tools": ["def f():\n  pass"]}},
]


class Clock(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return NOW


def main(path):
    reference.datetime = Clock
    result = {}
    for file in sorted(pathlib.Path(__file__).parent.glob("families/*.jinja")):
        template = file.read_text(encoding="utf-8")
        cases = []
        for name, messages in CONVERSATIONS.items():
            # As `apply_chat_template` does before it calls the renderer.
            messages = [{key: value for key, value in message.items() if value is not None} for message in messages]
            for options in OPTIONS if name in ["system", "tools", "thinking"] else OPTIONS[:3]:
                arguments = dict(options)
                keywords = arguments.pop("kwargs", {})
                if "tools" in arguments:
                    arguments["tools"] = TOOLS if arguments["tools"] == "all" else TOOLS[:1]
                case = dict(conversation=name, **options)
                try:
                    texts, spans = reference.render_jinja_template(
                        conversations=[json.loads(json.dumps(messages))], chat_template=template,
                        return_assistant_tokens_mask="{% generation %}" in template and not options.get("continue_final_message"),
                        **arguments, **keywords, **TOKENS)
                    case["output"] = texts[0]
                    if spans:
                        case["spans"] = [list(span) for span in spans[0]]
                except (jinja2.TemplateError, TypeError, ValueError, AttributeError, KeyError) as error:
                    case["error"] = f"{type(error).__name__}: {error}"[:200]
                cases.append(case)
        result[file.stem] = cases
    whole = dict(tokens=TOKENS, tools=TOOLS, conversations=CONVERSATIONS, cases=result)
    with open(path, "w", encoding="utf-8") as file:
        json.dump(whole, file, ensure_ascii=False, separators=(",", ":"))


if __name__ == "__main__":
    main(*sys.argv[1:])

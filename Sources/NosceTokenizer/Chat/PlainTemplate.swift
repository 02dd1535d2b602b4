extension ChatTemplate {
  /// The name of the template that ships with Nosce, for models that have none.
  package static let plainName = "plain"

  /// Questions and answers in plain words, as base models know them from web pages and books.
  ///
  /// An answer ends where the words of the next question begin (see ``StopText``). The answer's words
  /// are written as they are, since blanks at their beginning and end may be code; those around a
  /// question are not.
  package static let plainSource = """
    {%- for message in messages -%}
    {%- if message.role == 'system' -%}
    {%- if message.content | trim -%}{{- (message.content | trim) ~ '\\n\\n' -}}{%- endif -%}
    {%- elif message.role == 'user' -%}
    {{- 'Question: ' ~ (message.content | trim) ~ '\\n' -}}
    {%- elif message.role == 'assistant' -%}
    {{- 'Answer: ' ~ message.content ~ '\\n\\n' -}}
    {%- else -%}
    {{- raise_exception("found a message of the role '" ~ message.role ~ "'; allowed: system, user, assistant") -}}
    {%- endif -%}
    {%- endfor -%}
    {%- if add_generation_prompt -%}{{- 'Answer:' -}}{%- endif -%}

    """
}

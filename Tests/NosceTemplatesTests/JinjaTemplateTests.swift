import NosceFormats
import NosceTemplates
import Testing

@Suite("Templates")
struct JinjaTemplateTests {
  private func render(_ source: String) throws -> String {
    let message = JSON.object([("role", .string("user")), ("content", .string("hi"))])
    return try JinjaTemplate(source: source, name: "test").render(
      [("messages", .array([message]))],
      date: TemplateDate(year: 2024, month: 11, day: 5, hour: 9, minute: 8, second: 7)
    ).text
  }

  @Test(
    "expressions and filters",
    arguments: [
      ("{{ 7 // 2 }} {{ -7 // 2 }} {{ -7 % 3 }} {{ 7 / 2 }} {{ 2 ** 10 }}", "3 -4 2 3.5 1024"),
      ("{{ 1 + 2 * 3 }} {{ (1 + 2) * 3 }} {{ 'a' ~ 1 ~ none }}", "7 9 a1None"),
      ("{{ 1 < 2 < 3 }} {{ 1 < 3 < 2 }} {{ not 1 == 2 }}", "True False True"),
      (
        "{{ [1, 'a', true, none, 1.0, (1,), {'k': 'it\\'s'}] }}",
        "[1, 'a', True, None, 1.0, (1,), {'k': \"it's\"}]"
      ),
      ("{{ 'abc'[::-1] }} {{ [1,2,3,4][1:-1] }} {{ 'abc'[-1] }}", "cba [2, 3] c"),
      ("{{ 'a,b,,c'.split(',') }} {{ ' a  b '.split() }}", "['a', 'b', '', 'c'] ['a', 'b']"),
      ("{{ 'a b c'.split(' ', 1) }} {{ 'a b c'.rsplit(' ', 1) }}", "['a', 'b c'] ['a b', 'c']"),
      ("{{ '  x '.strip() }}|{{ 'xxaxx'.strip('x') }}|{{ '\\n a'.lstrip() }}", "x|a|a"),
      ("{{ 'aXbX'.replace('X', '-') }} {{ 'aaa' | replace('a', 'b', 2) }}", "a-b- bba"),
      (
        "{{ 'hello world' | title }} {{ 'hELLO' | capitalize }} {{ 'ß'.upper() }}",
        "Hello World Hello SS"
      ),
      ("{{ [3, 1, 2] | sort | join('-') }} {{ ['b', 'A', 'a'] | sort }}", "1-2-3 ['A', 'a', 'b']"),
      ("{{ ['b', 'A', 'a'] | unique | list }} {{ [1, 2, 3] | sum }}", "['b', 'A'] 6"),
      (
        "{{ [1, 2, 3, 4] | select('odd') | list }} {{ [1, 2] | map('string') | list }}",
        "[1, 3] ['1', '2']"
      ),
      (
        "{{ x is defined }} {{ x is not defined }} {{ x | default('d') }} {{ none | default('d') }}",
        "False True d None"
      ),
      (
        "{{ '' | default('d', true) }} {{ '5' | int + 1 }} {{ 'x' | int(7) }} {{ 2.567 | round(2) }}",
        "d 6 7 2.57"
      ),
      ("{{ {'b': 1, 'a': [1, 'é\\n']} | tojson }}", "{\"b\": 1, \"a\": [1, \"é\\n\"]}"),
      ("{{ {'b': 1, 'a': 2} | tojson(indent=1, sort_keys=true) }}", "{\n \"a\": 2,\n \"b\": 1\n}"),
      ("{{ 'a' if false }}|{{ 'a' if false else 'b' if true else 'c' }}", "|b"),
      ("{{ '%s is %05.1f%% of %d' % ('x', 3.14159, 7) }}", "x is 003.1% of 7"),
      ("{{ '{} {1} {n}'.format('a', 'b', n='c') }}", "a b c"),
      (
        "{{ 'b' in 'abc' }} {{ 2 in [1, 2] }} {{ 'k' in {'k': 1} }} {{ 3 not in [1] }}",
        "True True True True"
      ),
      ("{{ {'items': 1}['items'] }} {{ {'a': 1}.get('b', 2) }} {{ {'a': 1}.a }}", "1 2 1"),
      (
        "{{ {'b': 2, 'a': 1} | dictsort }} {{ {'a': 1}.items() | list }}",
        "[('a', 1), ('b', 2)] [('a', 1)]"
      ),
      ("{{ 'a' 'b' }} {{ \"q\" }} {{ '\\x41\\u00e9\\t' }}|", "ab q Aé\t|"),
      ("{{ 1_000 + 0x10 }} {{ 1e3 }} {{ 1.5e-7 }} {{ 1e22 }}", "1016 1000.0 1.5e-07 1e+22"),
      ("{{ range(3) | list }} {{ range(5, 0, -2) | list }}", "[0, 1, 2] [5, 3, 1]"),
      (
        "{{ messages[0].content | length }} {{ messages[0]['role'] }} {{ messages.0.role }}",
        "2 user user"
      ),
      (
        "{{ 'x' is string }} {{ [] is iterable }} {{ {} is mapping }} {{ 1 is number }} "
          + "{{ 4 is divisibleby 2 }} {{ none is none }} {{ 'a' is equalto('a') }}",
        "True True True True True True True"
      ),
      ("{{ 'one\ntwo' | indent(2) }} {{ 'a\n\nb' | indent(1, true) }}", "one\n  two  a\n\n b"),
      (
        "{{ strftime_now('%A %-d %B %Y, %I:%M %p, %j') }}", "Tuesday 5 November 2024, 09:08 AM, 310"
      ),
      ("{{ '<a & \"b\">' | e }}", "&lt;a &amp; &#34;b&#34;&gt;"),
      (
        "{{ messages | map(attribute='role') | first }} {{ 'abc' | last }} {{ [] | first }}",
        "user c "
      ),
      (
        "{{ [1,2,3] | batch(2) | list }} {{ [[1, 2], [3]] | sum(start=[]) if false else 'n' }}",
        "[[1, 2], [3]] n"
      ),
      (
        "{{ 'a-b'.partition('-') }} {{ 'x'.center(5, '*') }} {{ '7'.zfill(3) }}",
        "('a', '-', 'b') **x** 007"
      ),
      ("{{ 'abcabc'.find('c') }} {{ 'abcabc'.rfind('b') }} {{ 'aab'.count('a') }}", "2 4 2"),
      ("{{ true + 1 }} {{ 'ab' * 2 }} {{ [1] * 2 + [3] }} {{ 5 % 3 }}", "2 abab [1, 1, 3] 2"),
      ("{{ dict(a=1, **{'b': 2}) }} {{ {'a': 1} == {'a': 1.0} }}", "{'a': 1, 'b': 2} True"),
    ])
  func expressions(source: String, output: String) throws {
    #expect(try render(source) == output)
  }

  @Test(
    "statements, scopes and blanks",
    arguments: [
      ("{% set x = 1 %}{% for i in [1,2] %}{% set x = x + i %}{{ x }}{% endfor %}{{ x }}", "231"),
      (
        "{% set ns = namespace(x=0) %}{% for i in [1,2] %}{% set ns.x = ns.x + i %}{% endfor %}"
          + "{{ ns.x }}", "3"
      ),
      ("{% if true %}{% set x = 5 %}{% endif %}{{ x }}", "5"),
      ("{% for a, b in [(1, 2), (3, 4)] %}{{ a + b }},{% endfor %}", "3,7,"),
      ("{% for i in [] %}x{% else %}none{% endfor %}", "none"),
      (
        "{% for i in range(6) if i is even %}{{ loop.index }}:{{ i }}{{ ',' if not loop.last }}"
          + "{% endfor %}", "1:0,2:2,3:4"
      ),
      (
        "{% for i in range(9) %}{% if i == 2 %}{% continue %}{% endif %}{% if i == 4 %}{% break %}"
          + "{% endif %}{{ i }}{% endfor %}", "013"
      ),
      (
        "{% macro m(a, b='z') %}<{{ a }}{{ b }}>{% endmacro %}{{ m(1) }}{{ m(b=2, a=3) }}",
        "<1z><32>"
      ),
      (
        "{% macro f(n) %}{{ n }}{% if n > 0 %}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(3) }}",
        "3210"
      ),
      (
        "{% macro w() %}[{{ caller('x') }}]{% endmacro %}{% call(v) w() %}{{ v }}!{% endcall %}",
        "[x!]"
      ),
      (
        "{% filter upper %}abc{% endfilter %}{% set t %} b {% endset %}{{ t }}{% set u | trim %} c "
          + "{% endset %}{{ u }}", "ABC b c"
      ),
      ("{% with a = 1, b = 2 %}{{ a + b }}{% endwith %}{{ a is defined }}", "3False"),
      (
        "{% for i in [[1, [2]], 3] recursive %}{% if i is iterable %}({{ loop(i) }}){% else %}{{ i }}"
          + "{% endif %}{% endfor %}", "(1(2))3"
      ),
      (
        "{% for x in [1, 1, 2] %}{{ loop.changed(x) }}{{ loop.cycle('a', 'b') }} {% endfor %}",
        "Truea Falseb Truea "
      ),
      ("a\n  {% if true %}\nb\n  {% endif %}\nc", "a\nb\nc"),
      ("a {%- if true -%}  b  {%- endif -%} c", "abc"),
      ("  {%+ if true %}x{% endif +%}\ny", "  x\ny"),
      ("{# note #}\nx{#- y -#}  z", "xz"),
      (
        "{% raw %}{{ x }}{% endraw %}|{{ '}}' }}|{{ {'a': {'b': 1}} }}",
        "{{ x }}|}}|{'a': {'b': 1}}"
      ),
      ("a\r\nb\rc\n", "a\nb\nc"),
      ("x\n\n", "x\n"),
      ("{{ 1 }}\n{{ 2 }}", "1\n2"),
      ("{% elif_is_no_tag = 1 %}", nil),
    ] as [(String, String?)])
  func statements(source: String, output: String?) throws {
    if let output {
      #expect(try render(source) == output)
    } else {
      #expect(throws: TemplateError.self) { try render(source) }
    }
  }

  @Test(
    "errors say where and why",
    arguments: [
      ("a\n{{ x.y }}", 2, "x is undefined"),
      ("{% if %}x{% endif %}", 1, "expression"),
      ("\n\n{{ raise_exception('no ' ~ 'way') }}", 3, "no way"),
      ("{% for x in none %}{% endfor %}", 1, "gone through"),
      ("{{ 'a' + 1 }}", 1, "a string + a number"),
      ("{{ 1 // 0 }}", 1, "zero"),
      ("{% include 'x' %}", 1, "include"),
      ("{{ x | nofilter }}", 1, "nofilter"),
      ("{{ x is notest }}", 1, "notest"),
      ("{% if true %}", 1, "endif"),
      ("{% endif %}", 1, "endif"),
      ("{{ 'abc }}", 1, "string"),
      ("{{ (1 }}", 1, "unexpected '}'"),
      ("{# x", 1, "comment"),
      ("{% break %}", 1, "break"),
      ("{{ messages.append(1) }}", 1, "change"),
      ("{% set messages.x = 1 %}", 1, "namespace"),
      ("{{ 9223372036854775807 + 1 }}", 1, "out of range"),
      ("{{ range(1000000) }}", 1, "100000"),
      ("{{ [] < {} }}", 1, "order"),
      ("{{ f() }}", 1, "undefined"),
      ("{% macro m(a) %}{% endmacro %}{{ m(1, 2) }}", 1, "takes 1"),
      ("{{ 'a' * 999999999 }}", 1, "10000000"),
      ("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}", 1, "deeper"),
      (
        "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}", 1, "steps"
      ),
      (
        "{% set ns = namespace(s='aaaaaaaa') %}{% for i in range(99) %}{% set ns.s = ns.s + ns.s %}"
          + "{% endfor %}", 1, "10000000"
      ),
      ("{% for i in range(99999) %}{{ 'aaaaaaaaaa' * 1000 }}{% endfor %}", 1, "10000000"),
      (
        "{% set ns = namespace(l=[]) %}{% for i in range(99999) %}{% set ns.l = [ns.l] %}{% endfor %}",
        1, "deeper"
      ),
      (
        "{% set ns = namespace(l=['aaaaaaaaaa']) %}{% for i in range(99) %}"
          + "{% set ns.l = [ns.l, ns.l] %}{% endfor %}{{ ns.l }}", 1, "20000000"
      ),
      (
        "{% set s = 'a' * 1000000 %}{% for i in range(99999) %}{{ s[5] }}{% endfor %}", 1, "steps"
      ),
      ("{{ (['a'] * 100000) | join('a' * 1000000) }}", 1, "10000000"),
      (
        "{% set s = 'a' * 1000000 %}{% for i in range(99999) %}{% if s == s ~ '' %}{% endif %}"
          + "{% endfor %}", 1, "steps"
      ),
      ("{{ 'a' * 10**9 }}", 1, "10000000"),
      ("{{ 9 ** 9 ** 9 }}", 1, "out of range"),
      ("\n{{ 10 ** 400 }}", 2, "out of range"),
      ("{{ 'x' | indent(10**9) }}", 1, "indent"),
      ("{{ ('a' * 9999999) | replace('', 'bbbbbbbbbb') }}", 1, "replacement"),
      ("{{ ('a' * 9999999).replace('a', 'bbbbbbbbbb') }}", 1, "replacement"),
      ("{{ [('a' * 9999999)] * 99999 }}", 1, "20000000"),
      ("{{ ('a ' * 4000000).split() | length }}", 1, "1000000"),
      ("{{ ('a,' * 4000000).split(',') | length }}", 1, "1000000"),
      ("{{ ('a\\n' * 4000000).splitlines() | length }}", 1, "1000000"),
      ("{% for c in 'a' * 4000000 %}{% endfor %}", 1, "1000000"),
      ("{{ ('a' * 4000000) | list | length }}", 1, "1000000"),
      ("{% for i in range(9999) %}{% set x = range(99999) | list %}{% endfor %}", 1, "steps"),
      ("{% for i in range(99999) recursive %}{{ loop(range(99999)) }}{% endfor %}", 1, "steps"),
      (
        "{% macro a(n) %}{{ b(n) }}{% endmacro %}{% macro b(n) %}{{ a(n) }}{% endmacro %}{{ a(1) }}",
        1, "deeper"
      ),
      (
        "{% macro m() %}{{ caller() }}{% endmacro %}{% macro n() %}{% call m() %}{{ n() }}{% endcall %}{% endmacro %}{{ n() }}",
        1, "deeper"
      ),
      (
        "{% macro f(n) %}{% if n %}{{ f(n - 1) }}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(60) }}",
        1, "steps"
      ),
      (
        "{% set x %}{{ 'a' * 9000000 }}{% endset %}{% set y %}{{ x }}{{ x }}{% endset %}", 1,
        "10000000"
      ),
      (
        "{% for i in range(99999) %}{% set x = messages | tojson | length %}"
          + "{% for j in range(99999) %}{% endfor %}{% endfor %}", 1, "steps"
      ),
    ])
  func errors(source: String, line: Int, words: String) {
    let clock = ContinuousClock()
    let start = clock.now
    let error = #expect(throws: TemplateError.self) { try render(source) }
    #expect(clock.now - start < .seconds(10))
    #expect(
      error?.line == line && error?.message.contains(words) == true,
      "\(error?.description ?? "")")
    #expect(error?.description.hasPrefix("test, line \(line): ") == true)
  }

  @Test(
    "expressions and blocks nested without end are refused", arguments: ["(", "[", "-", "not "])
  func nesting(sign: String) {
    let source = "{{ " + String(repeating: sign, count: 20_000)
    #expect(throws: TemplateError.self) { try render(source) }
    #expect(throws: TemplateError.self) {
      try render(String(repeating: "{% if 1 %}", count: 20_000))
    }
    #expect(throws: TemplateError.self) {
      try render("{{ 1" + String(repeating: " + 1", count: 20_000) + " }}")
    }
    for part in [".x", " | upper", " * 1", "[0]", "()", " if 1 else 2", " or 1", "[1:]"] {
      #expect(throws: TemplateError.self, "\(part)") {
        try render("{{ x" + String(repeating: part, count: 20_000) + " }}")
      }
    }
    for tag in [
      "for i in [1]", "macro m()", "call m()", "filter upper", "set x", "with", "generation",
    ] {
      #expect(throws: TemplateError.self, "\(tag)") {
        try render(String(repeating: "{% \(tag) %}", count: 20_000))
      }
    }
  }

  @Test("a template may be long where it is not deep")
  func long() throws {
    let branches = String(repeating: "{% elif x == 1 %}a", count: 5_000)
    #expect(try render("{% if x == 1 %}a\(branches){% else %}b{% endif %}") == "b")
    #expect(try render(String(repeating: "{{ 'a' }}", count: 20_000)).utf8.count == 20_000)
    let list = Array(repeating: "1", count: 5_000).joined(separator: ", ")
    #expect(try render("{{ [\(list)] | sum }}") == "5000")
  }

  @Test("namespaces that hold each other are no trouble")
  func longChains() throws {
    let source =
      "{% set ns = namespace(next=none) %}{% for i in range(50000) %}"
      + "{% set inner = namespace(next=ns.next) %}{% set ns.next = inner %}{% endfor %}ok"
    #expect(try render(source) == "ok")
  }
}

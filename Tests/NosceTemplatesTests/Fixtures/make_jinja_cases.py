import copy, json, random, sys
import jinja2, jinja2.ext
from jinja2.sandbox import ImmutableSandboxedEnvironment
env = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=[jinja2.ext.loopcontrols])
env.filters["tojson"] = lambda x, ensure_ascii=False, indent=None, separators=None, sort_keys=False: json.dumps(x, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)
VARS = {"n": 3, "neg": -7, "f": 2.5, "s": "Hello, World", "u": "é ß\nİ x", "t": True, "none_value": None,
  "l": [3, 1, 2], "names": ["b", "A", "a", "C"], "d": {"k": 1, "items": [1, 2], "z": "y"},
  "people": [{"name": "Ann", "age": 30, "tags": ["x"]}, {"name": "bob", "age": 25}, {"name": "Cy", "age": 30, "tags": []}],
  "empty": "", "messages": [{"role": "user", "content": "hi"}]}
r = random.Random(int(sys.argv[3]))
def atom(d):
    return r.choice(["n","neg","f","s","u","t","none_value","l","names","d","people","empty","missing","1","2","0","10","-3","1.5","'ab'","'a,b,c'","' x '","\"it's\"","[]","{}","[1, 'a']","{'k': 2}","true","none","(1, 2)","d.k","d['z']","people[0].name","l[0]","s[1]","s[-1]","l[1:]","s[::2]","l[::-1]","s[2:7:3]","l[-2:]"])
FILTERS = ["upper","lower","title","capitalize","trim","length","first","last","join(',')","join","default('D')","default('D', true)","int","float","abs","round","round(1)","string","list","sort","sort(reverse=true)","unique|list","reverse|list","sum","max","min","tojson","tojson(indent=2)","replace('a','b')","replace('l','L',1)","indent(2)","indent(1,true)","center(9)","wordcount","map('upper')|list","map(attribute='name')|list","map(attribute='age')|sum","selectattr('age','eq',30)|list|length","rejectattr('tags')|map(attribute='name')|join","select('odd')|list","reject('none')|list","groupby('age')|length","sort(attribute='name')|map(attribute='name')|join('/')","batch(2)|list","dictsort","items|list","e","int(5)","float(1.5)","attr('k')","format(1)","first|upper","select|list"]
TESTS = ["defined","undefined","none","string","number","integer","float","mapping","iterable","sequence","odd","even","true","false","boolean","divisibleby 3","divisibleby(2)","eq 3","in [1,3]","sameas none","lower","upper","equalto('ab')","gt 1","ne 2"]
METHODS = [".upper()",".split(',')",".split()",".strip()",".replace('l','r')",".startswith('H')",".endswith('d')",".find('o')",".rfind('o')",".count('l')",".title()",".splitlines()",".lstrip('H')",".rstrip('dl')",".join(['x','y'])",".capitalize()",".isdigit()",".isalpha()",".items()|list",".get('k')",".get('q', 5)",".keys()|list",".values()|list",".partition(',')",".rsplit('o',1)",".split('o', 1)",".zfill(4)",".center(20,'*')",".ljust(15)|length",".removeprefix('He')",".index(1)",".islower()",".isspace()",".swapcase()",".rpartition('o')",".split(none, 1)",".rsplit(none, 1)"]
def expr(d):
    k = r.random()
    if d == 0 or k < .15: return atom(d)
    if k < .35: return f"{expr(d-1)} {r.choice(['+','-','*','/','//','%','~','**'])} {expr(d-1)}"
    if k < .45: return f"({expr(d-1)} {r.choice(['==','!=','<','>','<=','>=','in','not in'])} {expr(d-1)})"
    if k < .52: return f"({expr(d-1)} {r.choice(['and','or'])} {expr(d-1)})"
    if k < .56: return f"not {expr(d-1)}"
    if k < .62: return f"({expr(d-1)} if {expr(d-1)} else {expr(d-1)})"
    if k < .80: return f"({expr(d-1)}) | {r.choice(FILTERS)}" if r.random()<.5 else f"{atom(d)}|{r.choice(FILTERS)}"
    if k < .88: return f"({expr(d-1)}) is {r.choice(['','not '])}{r.choice(TESTS)}"
    if k < .97: return f"{r.choice(['s','u','d','l','names','empty','(' + expr(d-1) + ')'])}{r.choice(METHODS)}"
    return f"[{expr(d-1)}, {expr(d-1)}]"
def ws():
    return "".join(r.choice([" ","\n","  ","\n\n","\t","a","b "," c","\r\n"]) for _ in range(r.randint(0,3)))
def sign(): return r.choice(["","","","-","+"])
def tag(body): return "{%" + sign() + r.choice([" ",""," "]) + body + r.choice([" ",""," "]) + sign().replace("+", r.choice(["","+"])) + "%}"
def block(d):
    k = r.random()
    if d == 0 or k < .25: return "{{" + r.choice(["","-"]) + " 'v' " + r.choice(["","-"]) + "}}"
    if k < .35: return "{#" + r.choice(["","-"]) + " note " + r.choice(["","-"]) + "#}"
    if k < .45: return "{%" + sign() + " raw " + r.choice(["","-"]) + "%}" + ws() + "{{ r }}" + ws() + "{%" + sign() + " endraw " + r.choice(["","-"]) + "%}"
    if k < .6: return tag("set q = 1")
    if k < .8: return tag("if "+r.choice(["t","not t","q is defined"])) + many(d-1) + (tag("else")+many(d-1) if r.random()<.4 else "") + tag("endif")
    if k < .93: return tag("for i in [1,2]"+r.choice([""," if i > 1"])) + many(d-1) + "{{ i }}" + r.choice(["", tag("if i == 1")+tag(r.choice(["break","continue"]))+tag("endif")]) + ws() + tag("endfor")
    return tag("set w") + many(d-1) + tag("endset") + "[{{ w }}]"
def many(d): return ws() + "".join(block(d) + ws() for _ in range(r.randint(0,3)))
def scopes():
    out=[]
    for _ in range(r.randint(2,5)):
        k=r.randint(0,7); v=r.choice("xyz"); o=r.choice("xyz")
        if k==0: out.append(f"{{% set {v} = ({o} | default(0)) + {r.randint(1,5)} %}}")
        if k==1: out.append(f"{{% for {v} in [1,2] %}}{{% set {o} = ({o}|default(0)) + {v} %}}{{{{ {o} }}}},{{% endfor %}}")
        if k==2: out.append(f"{{% if {v} is defined %}}{{% set {o} = 9 %}}{{% endif %}}")
        if k==3: out.append(f"{{% macro m{v}(a, {o}=2) %}}{{{{ a }}}}{{{{ {o} }}}}{{{{ {v} | default('-') }}}}{{% endmacro %}}{{{{ m{v}(1) }}}}")
        if k==4: out.append(f"{{% with {v} = 5 %}}{{% set {o} = {v} %}}{{{{ {o} }}}}{{% endwith %}}")
        if k==5: out.append(f"{{% set ns = namespace({v}=1) %}}{{% for i in [1,2] %}}{{% set ns.{v} = ns.{v} * 2 + i %}}{{% endfor %}}{{{{ ns.{v} }}}}")
        if k==6: out.append(f"{{% set {v} %}}{{% set {o} = 1 %}}s{{{{ {o} }}}}{{% endset %}}")
        if k==7: out.append(f"{{% for q in [[1,2],[3]] %}}{{% for {v} in q %}}{{{{ loop.index }}}}{{{{ loop.last }}}}{{{{ {o} | default('u') }}}};{{% endfor %}}{{% endfor %}}")
        out.append("{{ x | default('?') }}{{ y | default('?') }}{{ z | default('?') }}|")
    return "".join(out)
cases=[]; seen=set()
def add(src):
    if src in seen: return
    seen.add(src)
    try:
        out = env.from_string(src).render(**copy.deepcopy(VARS))
        if " at 0x" in out or "<generator" in out or "<function" in out or "<built" in out or "dict_" in out or len(out) > 2000: return
        cases.append({"template": src, "output": out})
    except Exception as e:
        cases.append({"template": src, "error": type(e).__name__})
N=int(sys.argv[1])
for _ in range(N): add("{{ " + expr(r.randint(1,3)) + " }}")
for _ in range(N): add(many(3))
for _ in range(N//2): add(scopes())
json.dump({"made_with": "jinja2 " + jinja2.__version__, "variables": VARS, "cases": cases}, open(sys.argv[2],"w"), ensure_ascii=False, indent=0)
print(len(cases), sum("error" in c for c in cases))

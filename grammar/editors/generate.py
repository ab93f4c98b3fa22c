#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes what editors know of the words of the language from grammar/keywords.c.

    generate.py           writes vscode/syntaxes/waymark.tmLanguage.json and vim/syntax/waymark.vim
    generate.py --check   fails when they are not what it would write

Nearly every word can be a name somewhere, so a word is coloured where it stands as a word of the
language: what begins a block or a clause at the beginning of a line, the others not before a colon
or after a dot.
"""
import json
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
KEYWORDS = os.path.join(HERE, "..", "keywords.c")
TMLANGUAGE = os.path.join(HERE, "vscode", "syntaxes", "waymark.tmLanguage.json")
VIM = os.path.join(HERE, "vim", "syntax", "waymark.vim")

# After these another word of a block or a clause stands on the same line.
LEADS_BLOCK = ["locked", "todo", "change", "replace", "drop"]
LEADS_CLAUSE = ["locked", "may", "otherwise", "never", "always", "only after", "expect", "no"]
NO_NAME_AFTER = LEADS_BLOCK + LEADS_CLAUSE + ["given"]
CONSTANTS = ["yes", "no", "known", "unknown", "today", "nothing"]
UNITS = ["business days", "business day", "days", "day", "weeks", "week", "months", "month",
         "years", "year", "minutes", "minute"]


def read_keywords():
    """[(text, class)] as the table has them."""
    with open(KEYWORDS, encoding="utf-8") as f:
        rows = re.findall(r'^    \{"([a-z ]+)", T_[A-Z_]+, KEYWORD_([A-Z]+)\},$', f.read(), re.M)
    assert len(rows) > 100, "grammar/keywords.c is not laid out as expected"
    return rows


def longest_first(words):
    return sorted(set(words), key=lambda w: (-len(w), w))


def of_class(rows, *classes):
    return longest_first(text for text, cls in rows if cls in classes)


def one_of(words, space):
    return "|".join(w.replace(" ", space) for w in words)


def tmlanguage(rows):
    space = "[ \\t]+"
    block = of_class(rows, "BLOCK")
    named = one_of([w for w in block if w not in NO_NAME_AFTER], space)
    block = one_of(block, space)
    clause = one_of(longest_first(of_class(rows, "CLAUSE") + ["on", "may"]), space)
    word = one_of([w for w in of_class(rows, "WORD", "RESERVED") if w not in CONSTANTS], space)
    name = "[A-Za-z_][A-Za-z0-9_]*"
    end = "(?![A-Za-z0-9_])(?![ \\t]*:)"
    patterns = [
        {"name": "comment.line.number-sign.waymark", "match": "#.*$"},
        {"name": "string.quoted.double.waymark", "begin": "\"", "end": "\"|$"},
        {"match": f"^[ \\t]*({name})[ \\t]*(?=:)",
         "captures": {"1": {"name": "variable.other.member.waymark"}}},
        {"name": "keyword.control.waymark",
         "match": f"^[ \\t]*(?:(?:{one_of(LEADS_CLAUSE, space)})[ \\t]+)*(?:{clause}){end}"},
        {"match": f"^[ \\t]*(?:({one_of(LEADS_BLOCK, space)})[ \\t]+)?({named}){end}"
                  f"(?:[ \\t]+({name}))?",
         "captures": {"1": {"name": "storage.modifier.waymark"},
                      "2": {"name": "keyword.declaration.waymark"},
                      "3": {"name": "entity.name.waymark"}}},
        {"name": "keyword.declaration.waymark", "match": f"^[ \\t]*(?:{block}){end}"},
        {"name": "constant.numeric.date.waymark",
         "match": "\\b[0-9]{4}-[0-9]{2}-[0-9]{2}\\b(?:[ \\t]+[0-9]{2}:[0-9]{2}\\b)?"},
        {"name": "constant.numeric.money.waymark",
         "match": "\\$[0-9][0-9,]*(?:\\.[0-9]+)?"},
        {"name": "constant.numeric.waymark",
         "match": f"\\b[0-9][0-9,]*(?:\\.[0-9]+)?%?(?:[ \\t]+(?:{one_of(UNITS, space)}){end})?"},
        {"name": "constant.language.waymark",
         "match": f"(?<![A-Za-z0-9_.])(?:{one_of(CONSTANTS, space)}){end}"},
        {"name": "keyword.other.waymark",
         "match": f"(?<![A-Za-z0-9_.])(?:{word}){end}"},
        {"name": "keyword.operator.waymark", "match": "<=|>=|[-+/<>=]"},
        {"match": f"({name})(\\.)({name})",
         "captures": {"1": {"name": "variable.other.waymark"},
                      "3": {"name": "variable.other.member.waymark"}}},
        {"name": "variable.other.waymark", "match": name},
    ]
    grammar = {
        "information_for_contributors": "written by grammar/editors/generate.py",
        "name": "Waymark policy",
        "scopeName": "source.waymark",
        "fileTypes": ["way"],
        "patterns": patterns,
    }
    return json.dumps(grammar, indent=2) + "\n"


def vim(rows):
    space = "\\s+"
    block = one_of(of_class(rows, "BLOCK"), space)
    clause = one_of(longest_first(of_class(rows, "CLAUSE") + ["on", "may"]), space)
    word = one_of([w for w in of_class(rows, "WORD", "RESERVED") if w not in CONSTANTS], space)
    end = ">(\\s*:)@!"
    return f"""" SPDX-License-Identifier: Apache-2.0
" Vim syntax file for Waymark policies; written by grammar/editors/generate.py

if exists("b:current_syntax")
  finish
endif

syn match waymarkName /[A-Za-z_][A-Za-z0-9_]*/
syn match waymarkWord /\\v[.]@<!<({word}){end}/
syn match waymarkConstant /\\v[.]@<!<({one_of(CONSTANTS, space)}){end}/
syn match waymarkNumber /\\v<[0-9][0-9,]*(\\.[0-9]+)?[%]?(\\s+({one_of(UNITS, space)}){end})?/
syn match waymarkMoney /\\v\\$[0-9][0-9,]*(\\.[0-9]+)?/
syn match waymarkDate /\\v<[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}>(\\s+[0-9]{{2}}:[0-9]{{2}}>)?/
syn match waymarkClause /\\v(^\\s*(({one_of(LEADS_CLAUSE, space)})\\s+)*)@<=<({clause}){end}/
syn match waymarkBlock /\\v(^\\s*(({one_of(LEADS_BLOCK, space)})\\s+)?)@<=<({block}){end}/
syn match waymarkFact /\\v^\\s*[A-Za-z_][A-Za-z0-9_]*\\ze\\s*:/
syn region waymarkText start=/"/ end=/"/ oneline
syn match waymarkComment /#.*$/ contains=@Spell

hi def link waymarkComment Comment
hi def link waymarkText String
hi def link waymarkBlock Statement
hi def link waymarkClause Keyword
hi def link waymarkWord Operator
hi def link waymarkConstant Constant
hi def link waymarkNumber Number
hi def link waymarkMoney Number
hi def link waymarkDate Number
hi def link waymarkFact Identifier

let b:current_syntax = "waymark"
"""


def main(argv):
    rows = read_keywords()
    stale = 0
    for path, text in ((TMLANGUAGE, tmlanguage(rows)), (VIM, vim(rows))):
        if "--check" not in argv:
            with open(path, "w", encoding="utf-8") as f:
                f.write(text)
            continue
        with open(path, encoding="utf-8") as f:
            if f.read() != text:
                print(f"{path} does not know all words of the language: run grammar/editors/generate.py", file=sys.stderr)
                stale = 1
    return stale


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

" SPDX-License-Identifier: Apache-2.0
" Vim syntax file for Waymark policies; written by grammar/editors/generate.py

if exists("b:current_syntax")
  finish
endif

syn match waymarkName /[A-Za-z_][A-Za-z0-9_]*/
syn match waymarkWord /\v[.]@<!<(first\s+of\s+next\s+month|business\s+days|among\s+others|balance\s+owed|confidential|installments|remainder\s+in|waitlist\s+for|all\s+of\s+them|answered\s+by|enrolled\s+in|fiscal\s+year|instalments|to\s+the\s+cent|waiting\s+for|days\s+since|due\s+within|greater\s+of|or\s+part\s+of|or\s+unknown|paid\s+under|half\s+even|lesser\s+of|more\s+than|placed\s+on|put\s+right|remainder|take\s+back|count\s+of|for\s+each|next\s+day|optional|same\s+day|stage\s+of|starting|unfunded|against|between|consent|default|half\s+up|in\s+last|monthly|refused|rounded|seventh|step\s+of|broken|budget|eighth|fourth|in\s+all|likely|one\s+of|places|second|urgent|weekly|within|yearly|after|daily|every|fifth|first|ninth|sixth|spent|tenth|third|times|down|from|into|last|left|owed|when|with|and|due|for|may|not|per|as|at|by|in|is|of|on|or|to|up|x)>(\s*:)@!/
syn match waymarkConstant /\v[.]@<!<(yes|no|known|unknown|today|nothing)>(\s*:)@!/
syn match waymarkNumber /\v<[0-9][0-9,]*(\.[0-9]+)?[%]?(\s+(business\s+days|business\s+day|days|day|weeks|week|months|month|years|year|minutes|minute)>(\s*:)@!)?/
syn match waymarkMoney /\v\$[0-9][0-9,]*(\.[0-9]+)?/
syn match waymarkDate /\v<[0-9]{4}-[0-9]{2}-[0-9]{2}>(\s+[0-9]{2}:[0-9]{2}>)?/
syn match waymarkClause /\v(^\s*((locked|may|otherwise|never|always|only\s+after|expect|no)\s+)*)@<=<(also\s+for\s+running\s+schedules|expect\s+assessed\s+as|expect\s+paid\s+under|otherwise\s+nothing|expect\s+paid\s+from|expect\s+paid\s+by|holds\s+while|placeholder|ends\s+never|move\s+stage|effective|enroll\s+in|move\s+step|otherwise|overrides|enrol\s+in|place\s+on|stops\s+on|another|at\s+most|ends\s+on|holiday|release|require|warn\s+at|weekend|when\s+no|adopts|assess|assume|cohort|credit|notify|enter|keeps|meets|needs|order|owner|refer|stage|start|until|waive|cite|deny|sets|show|step|stop|tier|may|pay|set|on)>(\s*:)@!/
syn match waymarkBlock /\v(^\s*((locked|todo|change|replace|drop)\s+)?)@<=<(requirement|escalation|given\s+fund|only\s+after|projection|calendar|capacity|scenario|schedule|timezone|percent|program|replace|stipend|action|always|amount|change|county|docket|expect|locked|number|period|stages|event|given|never|party|share|table|case|drop|fine|fund|rule|todo)>(\s*:)@!/
syn match waymarkFact /\v^\s*[A-Za-z_][A-Za-z0-9_]*\ze\s*:/
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

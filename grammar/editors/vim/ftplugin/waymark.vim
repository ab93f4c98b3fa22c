" SPDX-License-Identifier: Apache-2.0
if exists("b:did_ftplugin")
  finish
endif
let b:did_ftplugin = 1

setlocal commentstring=#\ %s comments=:#
setlocal expandtab shiftwidth=2 softtabstop=2
setlocal suffixesadd=.way

" :make checks the rulebook of the file, and the quickfix list has the errors.
setlocal makeprg=waymark\ check\ %:p:h
setlocal errorformat=%f:%l:%c:\ %trror\ W%n:\ %m,%f:%l:%c:\ %tarning\ W%n:\ %m,%-G%.%#

let b:undo_ftplugin = "setl cms< com< et< sw< sts< sua< mp< efm<"

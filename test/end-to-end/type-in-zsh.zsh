# Types $1 and a tab into an interactive zsh that has sourced $MAQUETTE_SCRIPT, and prints the words that it would offer.
# What the completion system is given to show is printed between two lines that hold a null byte.
zmodload zsh/zpty
zpty typist zsh -f -i
() {
  zpty -w typist "source $1"
  local line
  repeat 10; do
    zpty -r typist line || exit 2
    [[ $line == *ready* ]] && return
  done
  exit 2
} =(<<<'
PROMPT=
autoload compinit; compinit -D -u
source $MAQUETTE_SCRIPT
bindkey "^I" complete-word
null-line () { echo -E - $'"'\\0'"' }
compprefuncs=( null-line )
comppostfuncs=( null-line exit )
zstyle ":completion:*" list-grouped false
zstyle ":completion:*" insert-tab false
compadd () {
  if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then builtin compadd "$@"; return $?; fi
  typeset -a hits
  builtin compadd -A hits "$@"
  print -rl - $hits
}
echo ready')
zpty -w typist "$1"$'\t'
integer nulls=0
while zpty -r typist line; do
  [[ $line == *$'\0'* ]] && { (( nulls++ )) && break; continue }
  (( nulls )) && print -r - ${line%$'\r'*}
done

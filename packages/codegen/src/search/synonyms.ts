import { stem } from './words.ts';

/**
 * Words that people and tools use for one thing, a thing a line. They are of everyday language and
 * of computers', none of one server.
 */
const groups = `
able allow allowed permission permit access right
account anyone contact customer employee everyone member people person profile somebody someone user
add append attach insert include
address location place url link
ago date day month since time timestamp week when year
aggregate average group mean statistic summarize summary sum total
alert dialog popup modal prompt
alter change correct edit fix modify patch repair replace revise set update
answer reply respond response result
api call endpoint http request xhr
appointment calendar event meeting
archive compress gzip zip
arrange order sort
ask query question
assign delegate owner
author creator owner who wrote
background dark theme
backup dump export save
base64 binary bytes raw
begin launch run start trigger
blame author
body content text
branch fork
browser page site tab web webpage website window
bug defect error exception failure issue problem
build compile make
cancel abort stop terminate
capture photo picture screenshot snapshot image shot
cd chdir folder working
channel chat conversation thread
check test validate verify
checkout switch
choice choose option pick select dropdown
clear clean discard empty erase
click hit press push tap
clone copy duplicate
close end exit finish leave quit shut
cloud server
collection table
color colour
column field attribute property key
combine integrate join merge
comment note remark
commit revision version
compare diff difference
computer device machine
condition criteria filter match where
confirm accept approve agree
connect connection login open session
connection depend edge link relate relation relationship
console log message output
contain content
count number quantity tally
create generate initialize init make new
css style rule
current now present
cursor hover mouse pointer
database db
deal handle
definition field schema shape structure type
cut delete destroy drop erase forget purge remove rid trash unlink wipe
deploy publish release ship
describe detail explain info information metadata
dir directory folder
discover explore
disk drive storage
display open present render show view
doc documentation guide help manual
document record row entry item
download fetch get pull receive
draft compose prepare write
duration long period
element button component control node widget
email mail
emulate imitate mimic pretend simulate
encode format
end last latest newest recent tail
enter fill input type
anyone entity everyone node object people person somebody someone thing
environment env variable
evaluate execute run
examine analyze inspect audit investigate
fact learn note observation
fail crash error
fast performance slow speed quick latency optimize
file document
find locate look lookup search seek grep
first head beginning top
forward redirect
function method script code snippet
glob pattern wildcard
go goto navigate visit browse
graph know knowledge memory
hide conceal
history log past previous
hour minute second time
idea thought
image png jpeg jpg gif media picture
import load
javascript js script
keyboard key keystroke shortcut
kill stop terminate
label tag mark
language locale
large big size heavy
leak memory heap
limit maximum
line row
list enumerate all available exist
local own
lost recover lose restore
lock freeze
learn memorize memory recall remember store
message notification text
mobile phone smartphone
monitor watch observe
many multiple several various bulk batch
move rename relocate
music sound audio
name title
network request traffic
outline tree structure hierarchy recursive
parent ancestor nested
password credential secret token
pay payment charge invoice
peek preview
plan think thinking reason step
post publish submit send
preview preliminary dry
print output show
problem puzzle task
project repository repo workspace codebase
pull request
pull sync
push sync upload
query question ask
read load open view cat
receive inbox
record screencast video film
refresh reload
remote origin upstream server
replay rebase reapply
repeat echo again
report statistic stat metric
reset revert undo rollback restore discard
resize dimension width height viewport
retrieve get fetch obtain
save persist store write
say tell
schedule cron job
screen window viewport
scroll swipe
sequence step order
share collaborate
sign signature
size space length
slow throttle
split divide
stage index staging
standard default
state status
stash shelve aside shelf
subscribe follow
sum add plus addition calculate
ticket issue
title heading
trace profile performance
translate convert transform
tune optimize improve
wait pause sleep until delay
word text
whole entire complete full everything
`;

/** Concepts of a stemmed word, each with a mark that no word has. */
export const concepts: ReadonlyMap<string, readonly string[]> = (() => {
  const found = new Map<string, string[]>();
  for (const [index, line] of groups.trim().split('\n').entries()) {
    for (const member of new Set(line.split(' ').map(stem))) {
      const own = found.get(member);
      if (own === undefined) found.set(member, [`~${index}`]);
      else own.push(`~${index}`);
    }
  }
  return found;
})();

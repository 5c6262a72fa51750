/** The page's only style sheet; its hash is in the page's content security policy. */
export const style = `
:root {
  color-scheme: light dark;
  --ground: light-dark(#fff, #14171a);
  --raised: light-dark(#f5f6f7, #1d2125);
  --line: light-dark(#d5d9dd, #363c42);
  --text: light-dark(#1b1f23, #e4e7ea);
  --quiet: light-dark(#59636e, #9aa4ae);
  --link: light-dark(#0757b8, #7cb5ff);
  --done: light-dark(#2f7d4f, #56b37c);
  --cached: light-dark(#3b6fb5, #6aa3ef);
  --failed: light-dark(#c0392b, #f0796c);
  --refused: light-dark(#a05a00, #e0a24a);
  --unknown: light-dark(#7a3fa0, #c290e8);
  --open: light-dark(#6b7680, #8d98a3);
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem; max-width: 76rem; background: var(--ground); color: var(--text);
  font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.35rem; margin: 0; overflow-wrap: anywhere; }
h2 { font-size: 1.05rem; margin: 2rem 0 .6rem; }
h2 small { color: var(--quiet); font-weight: normal; overflow-wrap: anywhere; }
h3 { font-size: .85rem; margin: .6rem 0 .2rem; color: var(--quiet); font-weight: 600; }
p { margin: .3rem 0; }
a { color: var(--link); }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
pre, code, .id, .line-number, .call-name { font-family: ui-monospace, monospace; font-size: 13px; }
pre { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; }
.quiet, .note, .none, dt { color: var(--quiet); }
.head { display: flex; gap: .8rem; align-items: baseline; flex-wrap: wrap; }
.pill { border: 1px solid currentColor; border-radius: 1rem; padding: 0 .6rem; font-size: .85rem; white-space: nowrap; }
.pill.returned { color: var(--done); } .pill.threw, .pill.limit, .pill.aborted { color: var(--failed); }
.pill.suspended { color: var(--refused); } .pill.lost { color: var(--unknown); } .pill.running { color: var(--cached); }
.facts { display: grid; grid-template-columns: max-content 1fr; gap: .1rem .9rem; margin: .8rem 0; }
.facts dd { margin: 0; overflow-wrap: anywhere; }
.advice { border-left: 4px solid var(--refused); background: var(--raised); padding: .5rem .9rem; margin: 1rem 0; }
.scroll { overflow: auto; max-height: 32rem; border: 1px solid var(--line); border-radius: 6px; padding: .5rem; }
.timeline { display: block; min-width: 40rem; }
.timeline text { font: 11px system-ui, sans-serif; fill: var(--quiet); }
.timeline text.name { fill: light-dark(#fff, #0d0f11); }
.timeline a:focus-visible .bar { stroke: var(--text); stroke-width: 3; }
.ruler { stroke: var(--line); } .step { stroke: var(--line); stroke-dasharray: 2 2; }
.break { fill: var(--raised); }
.bar.done, .mark.done { fill: var(--done); background: var(--done); }
.bar.cached, .mark.cached { fill: var(--cached); background: var(--cached); }
.bar.failed, .mark.failed { fill: var(--failed); background: var(--failed); }
.bar.refused { fill: var(--ground); stroke: var(--refused); stroke-width: 2; }
.bar.refused + text.name { fill: var(--text); }
.mark.refused { box-shadow: inset 0 0 0 2px var(--refused); }
.bar.unknown { fill: url(#hatch); stroke: var(--unknown); }
.mark.unknown { background: repeating-linear-gradient(45deg, var(--unknown) 0 2px, transparent 2px 4px); }
.bar.unknown + text.name { fill: var(--text); }
.bar.open { fill: var(--raised); stroke: var(--open); stroke-dasharray: 4 2; }
.mark.open { box-shadow: inset 0 0 0 1px var(--open); }
.bar.open + text.name { fill: var(--text); }
.mark.step { width: 0; border-left: 1px dashed var(--open); }
.hatch-ground { fill: var(--ground); } .hatch-line { stroke: var(--unknown); stroke-width: 2; }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1rem; padding: 0; margin: .5rem 0; list-style: none; font-size: .85rem; color: var(--quiet); }
.mark { display: inline-block; width: .8rem; height: .8rem; border-radius: 2px; flex: none; }
.legend .mark { margin-right: .35rem; vertical-align: -1px; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(18rem, 1fr)); gap: 1rem; margin-top: 1rem; }
figure { margin: 0; } figcaption { color: var(--quiet); font-size: .85rem; }
.chart { width: 100%; height: 6rem; border: 1px solid var(--line); border-radius: 6px; display: block; }
.curve { fill: none; stroke: var(--cached); stroke-width: 2; vector-effect: non-scaling-stroke; }
.area { fill: var(--cached); opacity: .15; }
.call { border: 1px solid var(--line); border-bottom: 0; } .call:first-child { border-radius: 6px 6px 0 0; }
.call:last-child { border-bottom: 1px solid var(--line); border-radius: 0 0 6px 6px; }
.call summary { display: grid; grid-template-columns: .8rem 3rem 1rem minmax(8rem, 1fr) 5rem 6rem 6rem; gap: .5rem; align-items: center; padding: .2rem .6rem; cursor: pointer; }
.call summary::before { content: '\\25B8'; color: var(--quiet); } .call[open] summary::before { content: '\\25BE'; }
.call summary:hover { background: var(--raised); }
.call-name { overflow-wrap: anywhere; } .id, .line-number { color: var(--quiet); text-align: right; }
.opened { scroll-margin-top: 3rem; padding: .2rem .8rem .8rem 1.5rem; background: var(--raised); }
.opened:target, tr:target { outline: 2px solid var(--link); outline-offset: -2px; }
.opened pre { max-height: 20rem; overflow: auto; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.status { color: var(--quiet); }
table { border-collapse: collapse; width: 100%; } th { text-align: left; font-weight: normal; overflow-wrap: anywhere; }
th, td { padding: .15rem .6rem; vertical-align: top; } thead th { color: var(--quiet); font-size: .85rem; white-space: nowrap; }
thead th:not(:first-child) { text-align: right; }
.source td { padding: 0 .6rem; } .source .made { white-space: nowrap; font-size: 12px; }
.source td:last-child { width: 100%; } .source pre { white-space: pre; }
.limits { max-width: 44rem; margin: .8rem 0; } .limits th { white-space: nowrap; } .wide { width: 45%; }
.tools { overflow-x: auto; } .tools tbody th { min-width: 10rem; } meter { width: 100%; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: .6rem; margin: 0; }
.tiles div { background: var(--raised); border-radius: 6px; padding: .5rem .8rem; }
.tiles dt { font-size: .8rem; } .tiles dd { margin: 0; font-size: 1.2rem; font-variant-numeric: tabular-nums; }
.log { display: grid; grid-template-columns: 4rem 1fr; gap: .6rem; border-bottom: 1px solid var(--line); padding: .1rem .3rem; }
.log.warn .level { color: var(--refused); } .log.error .level { color: var(--failed); }
.ending { background: var(--raised); border-radius: 6px; padding: .6rem .8rem; max-height: 24rem; overflow: auto; }
.unseen { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; }
nav { display: flex; flex-wrap: wrap; gap: .2rem 1rem; margin: .8rem 0; }
@media (max-width: 44rem) { .call summary { grid-template-columns: .8rem 2rem 1rem 1fr 4.5rem; } .call summary .number, .wide { display: none; } body { padding: 1rem; } }
@media print { .scroll, .ending, .opened pre { max-height: none; } }
`;

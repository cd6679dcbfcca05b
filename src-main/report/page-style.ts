import type { ExpressionPalette } from '../contract/expression-palette.ts';
import { DARK, LIGHT, themeRules } from './theme.ts';

/** The style sheet of the page, light and dark by the reader's setting. */
export function pageStyle(palette: ExpressionPalette): string {
  return [
    themeRules(LIGHT),
    `@media (prefers-color-scheme:dark){${themeRules(DARK)}}`,
    ...palette.expressions.map(({ className, fill, ink }) => `.${className}{--e:${fill};--e-ink:${ink}}`),
    LAYOUT,
    TABLES,
    DRAWINGS,
    VIDEOS,
    PRINT,
  ].join('\n');
}

const LAYOUT = `
:root{color-scheme:light dark;font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font-variant-numeric:tabular-nums}
main,.masthead,footer{max-width:1200px;margin:0 auto;padding:0 28px}
.masthead{padding-top:34px}
.brand{margin:0;font-size:13px;font-weight:600;letter-spacing:.02em;color:var(--accent)}
h1{margin:2px 0 4px;font-size:32px;line-height:1.2;font-weight:680;letter-spacing:-.015em;overflow-wrap:anywhere}
.lede{margin:0;font-size:17px;max-width:68ch}
.setup{margin:4px 0 0;color:var(--soft)}
h2{margin:0 0 14px;font-size:20px;font-weight:650;letter-spacing:-.005em}
h3{margin:0;font-size:15px;font-weight:600}
p{margin:0}
.below{margin-top:10px}
.note{margin-bottom:16px}
.beside{display:grid;grid-template-columns:minmax(0,1fr) minmax(0,1.35fr);gap:36px;align-items:center}
.beside table{margin-top:14px;max-width:300px;font-size:13.5px}
.beside tbody th,.beside td{padding:2px 0;border-top:1px solid var(--rule)}
.chosen th,.chosen td{font-weight:650}
.quiet{color:var(--soft);font-size:13.5px}
main>section,main>.pair{margin-top:34px}
.card{background:var(--card);border:1px solid var(--rule);border-radius:10px;padding:20px 22px}
.pair{display:grid;grid-template-columns:minmax(0,1.18fr) minmax(0,1fr);gap:22px;align-items:stretch}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.skip{position:absolute;left:-999px}
.skip:focus{left:12px;top:12px;background:var(--card);padding:8px 12px;z-index:9}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
.needs-script{display:none}
.scripted .needs-script{display:revert}
button{font:inherit;color:inherit;cursor:pointer}
footer{margin-top:44px;padding-bottom:44px;color:var(--soft);font-size:13.5px}
footer dl{display:grid;grid-template-columns:max-content 1fr;gap:2px 16px;margin:8px 0 0}
footer dt{color:var(--soft)}footer dd{margin:0;overflow-wrap:anywhere}
footer summary{cursor:pointer}
.figures{display:grid;grid-template-columns:repeat(3,minmax(0,1fr));gap:22px;margin-bottom:10px}
.figure{background:var(--card);border:1px solid var(--rule);border-radius:10px;padding:18px 22px 16px;display:flex;flex-direction:column}
.big{font-size:58px;line-height:1.08;font-weight:640;letter-spacing:-.035em;margin:2px 0 2px}
.big small{font-size:26px;font-weight:500;letter-spacing:0;margin-left:4px;color:var(--soft)}
.meaning{color:var(--soft);font-size:13.5px;flex:1;min-height:2.9em}
.range{display:block;width:100%;height:26px;margin:8px 0 4px}
.figure dl{display:flex;flex-wrap:wrap;justify-content:space-between;gap:0 18px;margin:0;font-size:13.5px}
.figure dl div{display:flex;gap:6px}
.figure dt{color:var(--soft)}.figure dd{margin:0;font-weight:600}
.protocol{display:flex;flex-wrap:wrap;align-items:center;gap:8px 26px;margin-top:22px}
.protocol ul{display:flex;flex-wrap:wrap;gap:8px;list-style:none;margin:0;padding:0}
.protocol li{border:1px solid currentColor;border-radius:99px;padding:3px 13px 3px 10px;font-size:13.5px;font-weight:600}
.good{color:var(--good)}.doubtful{color:var(--doubt)}
.protocol dl{display:flex;flex-wrap:wrap;gap:4px 22px;margin:0;font-size:13.5px}
.protocol dl div{display:flex;gap:6px}
.protocol dt{color:var(--soft)}.protocol dd{margin:0;font-weight:600}
.unscored{margin:10px 0 0;padding-left:18px;font-size:13.5px}
@media (max-width:960px){.pair,.beside{grid-template-columns:minmax(0,1fr)}.figures{gap:14px}.figure{padding:14px 16px}.big{font-size:44px}main,.masthead,footer{padding-left:20px;padding-right:20px}}
@media (max-width:640px){.figures{grid-template-columns:1fr}.meaning{min-height:0}}
`;

const TABLES = `
table{border-collapse:collapse;width:100%}
caption{text-align:left;color:var(--soft);font-size:13.5px;padding-bottom:10px}
th{font-weight:500;text-align:left}
thead th{color:var(--soft);font-size:13px;padding-bottom:6px}
.number{text-align:right;font-variant-numeric:tabular-nums}
.scroll{overflow-x:auto;margin:0 -2px;padding:2px}
.expression{display:inline-flex;align-items:center;gap:8px;white-space:nowrap}
.chip{display:inline-flex;align-items:center;justify-content:center;min-width:26px;height:20px;padding:0 5px;border-radius:5px;background:var(--e,var(--rule));color:var(--e-ink,var(--ink));font-size:12px;font-weight:700;line-height:1}
.confusion{table-layout:fixed;border-spacing:3px;border-collapse:separate}
.confusion thead th{text-align:center;padding-bottom:2px;vertical-align:bottom;line-height:1.15}
.confusion thead td,.confusion tbody th{width:124px}
.confusion tbody th{text-align:right;padding-right:6px}
.confusion tbody th .expression{justify-content:flex-end}
.confusion td{padding:0;height:46px;border-radius:6px;text-align:center;background:var(--cell,var(--sunk));color:var(--cell-ink,var(--soft))}
.confusion thead td{background:none;height:auto}
.confusion td.right{box-shadow:inset 0 0 0 1.5px var(--right)}
.confusion button{display:block;width:100%;height:46px;border:0;background:none;border-radius:6px;line-height:1.1;color:inherit}
.confusion b{display:block;font-size:16px;font-weight:650}
.confusion small{font-size:11px}
.confusion button:hover,.confusion button[aria-pressed=true]{outline:2px solid var(--ink);outline-offset:1px}
.classes th,.classes td{padding:9px 0 9px 14px;border-top:1px solid var(--rule)}
.classes tr>:first-child{padding-left:0}
.classes thead th{border-top:0;padding-top:0}
.classes thead .number{text-align:right}
.classes .recall{width:34%}
.classes .recall>*{display:inline-block;vertical-align:middle}
.classes .recall .number{width:42px;margin-right:10px}
.classes .recall .bar{width:calc(100% - 56px)}
.bar{height:10px;border-radius:3px;overflow:hidden}
.bar .track{fill:var(--rule)}
.bar .fill{fill:var(--e,var(--accent))}
`;

const DRAWINGS = `
svg{display:block}
svg text{font:12px system-ui,-apple-system,"Segoe UI",Roboto,Arial,sans-serif;fill:var(--ink)}
svg .tick{font-size:11.5px;fill:var(--soft)}
svg .small{font-size:11.5px;fill:var(--soft)}
svg .halo{paint-order:stroke;stroke:var(--card);stroke-width:4px;stroke-linejoin:round}
svg .strong{font-weight:650;fill:var(--ink)}
.grid{stroke:var(--rule);fill:none}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(430px,100%),1fr));gap:22px 34px}
figure{margin:0}
figcaption{font-weight:600;margin-bottom:4px}
.chart svg{width:100%;max-width:640px}
.band-0{fill:var(--ink);opacity:.05}.band-1{fill:var(--ink);opacity:.015}
.band-edge{stroke:var(--rule);fill:none}
.level,.uniform{stroke:var(--soft);stroke-dasharray:2 4;fill:none}
.mark{stroke:var(--ink);stroke-width:1.2;fill:none}
.line{fill:none;stroke-width:2.2;stroke-linejoin:round}
.line-1{stroke:var(--accent)}.line-2{stroke:var(--doubt);stroke-dasharray:6 4}
.dot-1{fill:var(--accent)}.dot-2{fill:var(--doubt)}
svg .end{font-weight:600}svg .end-1{fill:var(--accent)}svg .end-2{fill:var(--doubt)}
.hover{fill:transparent}.hover:hover{fill:var(--ink)}
.range .axis{stroke:var(--rule);stroke-width:4;stroke-linecap:round}
.range .interval{stroke:var(--accent);stroke-width:4;stroke-linecap:round}
.range .chance{stroke:var(--soft);stroke-width:2}
.range .value{fill:var(--accent);stroke:var(--card);stroke-width:2.5}
.heatmaps{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(340px,100%),1fr));gap:24px 34px}
.heatmap svg{width:100%}
.heatmap image{image-rendering:pixelated}
.heatmap figcaption{display:flex;gap:14px;align-items:baseline;font-weight:500;min-width:0}
.cells-back{fill:var(--sunk);stroke:var(--rule)}
.cells{fill:var(--accent)}
.drawn{fill:var(--doubt);stroke:var(--card);stroke-width:.8}
.path{overflow:hidden;text-overflow:ellipsis;white-space:nowrap;min-width:0}
.weights{fill:var(--accent);fill-opacity:.28;stroke:var(--accent);stroke-width:1.6;stroke-linejoin:round}
.base{stroke:var(--rule);fill:none}
.moment{fill:var(--doubt);fill-opacity:.13}
.moment-edge{stroke:var(--doubt);stroke-width:1.8;fill:none}
.heaviest .stem{stroke:var(--ink);stroke-width:1.4;fill:none}
.heaviest .tip{fill:var(--ink)}
.timeline .fill,.legend .fill,.decisions .fill{fill:var(--e)}
svg .code{font-size:11px;font-weight:700;fill:var(--e-ink)}
`;

const VIDEOS = `
.legend{display:flex;flex-wrap:wrap;gap:4px 22px;font-size:13.5px;color:var(--soft);margin-bottom:14px}
.legend span{display:inline-flex;align-items:center;gap:7px}
.legend svg{width:26px;height:14px}
.filter{align-items:center;flex-wrap:wrap;gap:8px;position:sticky;top:0;z-index:2;background:var(--paper);padding:10px 0}
.scripted .filter{display:flex}
.filter button,.ends button{border:1px solid var(--rule);background:var(--card);border-radius:99px;padding:4px 14px}
.filter b{font-weight:600;color:var(--soft);margin-left:3px}
.filter button[aria-pressed=true]{background:var(--ink);color:var(--paper);border-color:var(--ink)}
.filter button[aria-pressed=true] b{color:inherit}
.cell-filter{font-size:13.5px;margin-left:8px}
.group{margin-top:14px}
.group h3{margin-bottom:8px}
.group h3 .quiet{font-weight:400;margin-left:6px}
.video{background:var(--card);border:1px solid var(--rule);border-radius:8px;margin-bottom:8px}
.video summary{display:grid;grid-template-columns:20px minmax(0,1fr) auto 120px 250px;gap:14px;align-items:center;padding:8px 16px 8px 14px;cursor:pointer;list-style:none}
.video summary::-webkit-details-marker{display:none}
.video summary:hover .path{text-decoration:underline;text-underline-offset:3px}
.video[open] summary{border-bottom:1px solid var(--rule)}
.video[open] summary .spark{visibility:hidden}
.spark{width:120px;height:24px}
.sign{font-weight:700;font-size:16px;text-align:center}
.sign.right{color:var(--good)}.sign.wrong{color:var(--doubt)}
.tags{display:flex;gap:10px;align-items:center;font-size:13px;color:var(--soft)}
.flag{color:var(--doubt);border:1px solid currentColor;border-radius:99px;padding:0 9px;font-weight:600;font-size:12px;white-space:nowrap}
.answer{display:flex;align-items:center;gap:7px;white-space:nowrap}
.arrow{color:var(--soft)}
.said{font-weight:600}
.sure{margin-left:auto;color:var(--soft)}
.body{display:grid;grid-template-columns:minmax(0,1fr) 300px;gap:26px;padding:14px 18px 16px}
.timeline{width:100%}
.seen .quiet{margin-top:4px}
.probabilities th,.probabilities td{padding:2.5px 0;white-space:nowrap}
.probabilities td:nth-child(2){width:36%;padding-left:10px}
.probabilities .bar{width:100%}
.probabilities .number{width:46px}
.label-mark{margin-left:7px;font-size:11.5px;font-weight:600;color:var(--doubt);border-bottom:2px solid currentColor;line-height:1.1}
.lens{margin-top:14px;padding-top:10px;border-top:1px solid var(--rule);font-size:13.5px}
.lens label{display:flex;justify-content:space-between;font-weight:600;margin-bottom:6px}
.lens output{font-weight:500;color:var(--soft)}
.looking .lens output{color:var(--accent);font-weight:650}
.lens input{width:100%;margin:2px 0;accent-color:var(--accent)}
.decisions{width:100%;height:7px;border-radius:3px}
.ends{display:flex;justify-content:space-between;align-items:center;color:var(--soft)}
.ends button{font-size:12.5px;padding:1px 10px;visibility:hidden}
.looking .ends button{visibility:visible}
.looking .heaviest{opacity:.3}
@media (max-width:960px){.body{grid-template-columns:minmax(0,1fr);gap:12px}.video summary{grid-template-columns:20px minmax(0,1fr) auto 200px;gap:10px}.video summary .spark{display:none}.verdict{display:grid;grid-template-columns:1fr 1fr;gap:0 26px}.lens{margin-top:0;padding-top:0;border-top:0}}
@media (max-width:640px){.video summary{grid-template-columns:20px minmax(0,1fr)}.answer,.tags{grid-column:2}.verdict{grid-template-columns:1fr}}
`;

const PRINT = `
@media print{:root{color-scheme:light}body{background:#fff}.filter,.lens{display:none!important}.card,.figure,.video{break-inside:avoid}}
`;

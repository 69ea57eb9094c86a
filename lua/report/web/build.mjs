// SPDX-License-Identifier: GPL-3.0-or-later
// Builds page.html, the one file that `ninetails` embeds: style and script inside, and a policy that lets nothing else run.
//     node build.mjs [OUTPUT]
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { build } from "esbuild";

const here = new URL(".", import.meta.url).pathname;
const output = process.argv[2] ?? here + "page.html";

async function bundle(entry) {
  const result = await build({
    entryPoints: [here + entry], bundle: true, minify: true, write: false, format: "iife", target: "es2020",
    charset: "ascii", legalComments: "none", absWorkingDir: here,
  });
  return result.outputFiles[0].text.trim();
}

const sum = (text) => "'sha256-" + createHash("sha256").update(text).digest("base64") + "'";
const style = await bundle("src/style.css");
const script = await bundle("src/main.js");
if (/<\/(script|style)|<!--/i.test(script + style)) throw new Error("the bundle would end its own element");
const licence = readFileSync(here + "node_modules/uplot/LICENSE", "utf8").trim();
const policy = `default-src 'none'; script-src ${sum(script)}; style-src ${sum(style)}; base-uri 'none'; form-action 'none'`;

writeFileSync(output, `<!doctype html>
<!-- ninetails report -->
<!-- SPDX-License-Identifier: GPL-3.0-or-later. With uPlot, under this licence:
${licence}
-->
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title><!--title--> - ninetails</title>
<style>${style}</style>
</head>
<body>
<noscript>This page draws its tables and charts by a script of its own. The numbers are in the JSON at its end.</noscript>
<div id="page"></div>
<script id="data" type="application/json"><!--data--></script>
<script>${script}</script>
</body>
</html>
`);

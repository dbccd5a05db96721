// Draws each [data-chart] from the JSON beside it. Colours are the page's tokens, read again when
// the theme changes. Tooltips are canvas text: HTML ones would need inline styles.
(() => {
  const charts = new Map();
  const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  function colours() {
    return {
      self: token("--accent"),
      other: token("--chart-compare"),
      target: token("--chart-dash"),
      split: token("--chart-split"),
      axis: token("--chart-axis"),
      label: token("--chart-label"),
      page: token("--page"),
      float: token("--float"),
      text: token("--text"),
      tint: token("--accent-tint"),
    };
  }

  function frame(data, hue) {
    const text = { color: hue.label, fontSize: 12, fontFamily: token("--font") };
    return {
      textStyle: text,
      animation: !window.matchMedia("(prefers-reduced-motion: reduce)").matches,
      animationDuration: 300,
      aria: { enabled: true, label: { enabled: true } },
      tooltip: {
        renderMode: "richText",
        confine: true,
        backgroundColor: hue.float,
        borderColor: hue.split,
        textStyle: { ...text, color: hue.text },
      },
      grid: { left: 8, right: 64, top: 24, bottom: 8, containLabel: true },
    };
  }

  // Lines carry their names at their end; bars and nets of two series need a small legend.
  function legend(data, kind, hue) {
    return {
      show: data.series.length > 1 && kind !== "line" && kind !== "heat",
      top: 0,
      right: 0,
      itemWidth: 12,
      itemHeight: 3,
      icon: "rect",
      textStyle: { color: hue.label, fontSize: 12 },
    };
  }

  function axes(data, hue, fromZero) {
    const label = { color: hue.label, fontSize: 12 };
    return {
      xAxis: {
        type: "category",
        data: data.labels,
        axisLine: { lineStyle: { color: hue.axis } },
        axisTick: { show: false },
        axisLabel: label,
      },
      yAxis: {
        type: "value",
        min: fromZero ? 0 : data.minimum,
        max: data.maximum,
        splitNumber: 3,
        splitLine: { lineStyle: { color: hue.split } },
        axisLabel: label,
      },
    };
  }

  function targetLine(data, hue) {
    if (!data.target) return undefined;
    return {
      silent: true,
      symbol: "none",
      lineStyle: { color: hue.target, type: "dashed", width: 1 },
      label: { color: hue.label, position: "end", formatter: data.target.label },
      data: [{ yAxis: data.target.value }],
    };
  }

  function bar(data, hue) {
    return {
      ...axes(data, hue, true),
      series: data.series.map((one, index) => ({
        type: "bar",
        name: one.name,
        data: one.values,
        barMaxWidth: 16,
        barGap: "20%",
        itemStyle: { color: hue[one.role] || hue.self, borderRadius: [2, 2, 0, 0] },
        label: { show: one.role !== "other", position: "top", color: hue.label },
        markLine: index === 0 ? targetLine(data, hue) : undefined,
      })),
    };
  }

  function line(data, hue) {
    return {
      ...axes(data, hue, false),
      series: data.series.map((one, index) => ({
        type: "line",
        name: one.name,
        data: one.values,
        symbol: "circle",
        symbolSize: 6,
        lineStyle: { color: hue[one.role], width: 2, type: one.role === "target" ? "dashed" : "solid" },
        itemStyle: { color: hue.page, borderColor: hue[one.role], borderWidth: 2 },
        label: { show: data.series.length === 1, position: "top", color: hue.label },
        endLabel: { show: data.series.length > 1, formatter: "{a}", color: hue[one.role] },
        markLine: index === 0 ? targetLine(data, hue) : undefined,
      })),
    };
  }

  function radar(data, hue) {
    return {
      radar: {
        indicator: data.labels.map((name) => ({ name, max: data.maximum || 100 })),
        radius: "68%",
        splitNumber: 4,
        splitArea: { show: false },
        splitLine: { lineStyle: { color: hue.split } },
        axisLine: { lineStyle: { color: hue.split } },
        axisName: { color: hue.label },
      },
      series: [
        {
          type: "radar",
          data: data.series.map((one) => ({
            name: one.name,
            value: one.values,
            symbol: one.role === "self" ? "circle" : "none",
            itemStyle: { color: hue[one.role] },
            lineStyle: { color: hue[one.role], width: 2, type: one.role === "self" ? "solid" : "dashed" },
            areaStyle: one.role === "self" ? { color: hue.self, opacity: 0.14 } : undefined,
          })),
        },
      ],
    };
  }

  // A funnel of stages reads best as bars from the left: lengths compare, areas do not.
  function funnel(data, hue) {
    const base = axes(data, hue, true);
    return {
      xAxis: { ...base.yAxis, show: false },
      yAxis: { ...base.xAxis, inverse: true, axisLine: { show: false } },
      series: data.series.map((one) => ({
        type: "bar",
        name: one.name,
        data: one.values,
        barMaxWidth: 22,
        itemStyle: { color: hue.tint, borderRadius: 4 },
        label: { show: true, position: "insideLeft", color: token("--accent-text") },
      })),
    };
  }

  function heat(data, hue) {
    const values = data.series.flatMap((one, y) => one.values.map((value, x) => [x, y, value]));
    const base = axes(data, hue, true);
    return {
      xAxis: base.xAxis,
      yAxis: { ...base.xAxis, data: data.series.map((one) => one.name), inverse: true },
      visualMap: {
        show: false,
        min: 0,
        max: Math.max(1, ...values.map((cell) => cell[2])),
        inRange: { color: [hue.page, hue.self] },
      },
      series: [{ type: "heatmap", data: values, itemStyle: { borderColor: hue.page, borderWidth: 2 } }],
    };
  }

  const KINDS = { bar, line, radar, funnel, heat };

  function draw(element) {
    const data = JSON.parse(document.getElementById(element.dataset.source).textContent);
    const hue = colours();
    const chart = charts.get(element) || echarts.init(element);
    charts.set(element, chart);
    const kind = element.dataset.chart;
    chart.setOption({ ...frame(data, hue), legend: legend(data, kind, hue), ...KINDS[kind](data, hue) }, true);
  }

  function drawAll() {
    document.querySelectorAll("[data-chart]").forEach(draw);
  }

  drawAll();
  document.addEventListener("theme:change", drawAll);
  document.addEventListener("htmx:after:swap", drawAll);
  window.addEventListener("resize", () => charts.forEach((chart) => chart.resize()));
})();

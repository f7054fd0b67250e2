"use strict";

// The nearest number of an ascending list: its place.
function nearest(numbers, value) {
  let low = 0;
  let high = numbers.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (numbers[middle] < value) low = middle;
    else high = middle;
  }
  return value - numbers[low] <= numbers[high] - value ? low : high;
}

const whole = new Intl.NumberFormat("en-US");
const value = y => y.toPrecision(Math.abs(y) < 1000 ? 5 : 6).replace("-", "\u2212");

function line(tip, text, style) {
  const div = document.createElement("div");
  div.textContent = text;
  div.className = style;
  tip.append(div);
}

// Steps and values under the pointer, or of the step that the arrow keys reached.
for (const figure of document.querySelectorAll("figure.curves")) {
  const data = JSON.parse(figure.querySelector("script").textContent);
  const plot = figure.querySelector(".plot");
  const tip = plot.querySelector(".tip");
  const cursor = plot.querySelector(".cursor");
  const curves = data.curves.map((curve, i) => {
    const dot = document.createElement("i");
    dot.className = `dot s${i}`;
    dot.hidden = true;
    plot.append(dot);
    return { ...curve, steps: curve.points.map(p => p[0]), dot };
  });
  const steps = [...new Set(curves.flatMap(curve => curve.steps))].sort((a, b) => a - b);
  const part = ([low, high], number) => (number - low) / (high - low);
  let at = -1;

  function show(place) {
    at = Math.min(Math.max(place, 0), steps.length - 1);
    const x = part(data.x, steps[at]);
    cursor.hidden = tip.hidden = false;
    cursor.style.left = `${100 * x}%`;
    tip.style.left = x < 0.5 ? `calc(${100 * x}% + .8rem)` : "auto";
    tip.style.right = x < 0.5 ? "auto" : `calc(${100 * (1 - x)}% + .8rem)`;
    tip.replaceChildren();
    line(tip, `step ${whole.format(steps[at])}`, "note");
    curves.forEach((curve, i) => {
      const [step, y] = curve.points[nearest(curve.steps, steps[at])];
      const height = part(data.y, y);
      line(tip, `${curve.name} ${value(y)}${step === steps[at] ? "" : ` at ${whole.format(step)}`}`, `s${i}`);
      curve.dot.hidden = height < 0 || height > 1;
      curve.dot.style.left = `${100 * part(data.x, step)}%`;
      curve.dot.style.top = `${100 * (1 - height)}%`;
    });
  }

  function hide() {
    at = -1;
    cursor.hidden = tip.hidden = true;
    for (const { dot } of curves) dot.hidden = true;
  }

  const under = event => {
    const box = plot.getBoundingClientRect();
    show(nearest(steps, data.x[0] + ((event.clientX - box.left) / box.width) * (data.x[1] - data.x[0])));
  };
  plot.addEventListener("pointermove", under);
  plot.addEventListener("pointerdown", under);
  plot.addEventListener("pointerleave", hide);
  plot.addEventListener("blur", hide);
  plot.addEventListener("keydown", event => {
    const far = Math.max(1, Math.round(steps.length / 20));
    const to = {
      ArrowLeft: at - 1,
      ArrowRight: at + 1,
      PageUp: at - far,
      PageDown: at + far,
      Home: 0,
      End: steps.length - 1,
    }[event.key];
    if (event.key === "Escape") hide();
    if (to === undefined) return;
    event.preventDefault();
    show(to);
  });
}

for (const button of document.querySelectorAll("button[data-copies]")) {
  button.addEventListener("click", async () => {
    const source = document.getElementById(button.dataset.copies);
    try {
      await navigator.clipboard.writeText(source.textContent);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(source); // where the clipboard is closed to pages from disk
      button.textContent = "Selected: press Ctrl+C";
    }
    setTimeout(() => (button.textContent = "Copy"), 2000);
  });
}

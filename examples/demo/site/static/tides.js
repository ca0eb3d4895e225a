(function () {
  "use strict";

  var canvas = document.getElementById("curve");
  var pen = canvas.getContext("2d");
  var LEFT = 46;
  var RIGHT = 866;
  var TOP = 20;
  var BOTTOM = 260;
  var HIGHEST = 6;

  // Metres above the pier's lowest step, `hour` hours after midnight.
  function level(hour) {
    return 3.3 + 2 * Math.cos(((hour - 4.2) * 2 * Math.PI) / 12.42) + 0.35 * Math.cos((hour * 2 * Math.PI) / 24);
  }

  function x(hour) {
    return LEFT + ((RIGHT - LEFT) * hour) / 24;
  }

  function y(metres) {
    return BOTTOM - ((BOTTOM - TOP) * metres) / HIGHEST;
  }

  function line(x1, y1, x2, y2) {
    pen.beginPath();
    pen.moveTo(x1, y1);
    pen.lineTo(x2, y2);
    pen.stroke();
  }

  function clock(hour) {
    var minutes = Math.round(hour * 60);
    return ("0" + Math.floor(minutes / 60)).slice(-2) + ":" + ("0" + (minutes % 60)).slice(-2);
  }

  function drawAxes() {
    var metres;
    var hour;
    pen.font = "13px 'DejaVu Sans', Arial, sans-serif";
    pen.fillStyle = "#7b8791";
    pen.strokeStyle = "#ebe4d4";
    pen.textAlign = "right";
    for (metres = 0; metres <= HIGHEST; metres += 2) {
      line(LEFT, y(metres) + 0.5, RIGHT, y(metres) + 0.5);
      pen.fillText(metres + " m", LEFT - 8, y(metres) + 4);
    }
    pen.textAlign = "center";
    for (hour = 0; hour <= 24; hour += 4) {
      pen.fillText(clock(hour), x(hour) - (hour === 24 ? 6 : 0), BOTTOM + 24);
    }
  }

  function trace() {
    var step;
    for (step = 0; step <= 240; step += 1) {
      pen.lineTo(x(step / 10), y(level(step / 10)));
    }
  }

  function drawCurve() {
    var fill = pen.createLinearGradient(0, TOP, 0, BOTTOM);
    fill.addColorStop(0, "rgba(31, 111, 120, 0.55)");
    fill.addColorStop(1, "rgba(31, 111, 120, 0.05)");
    pen.beginPath();
    pen.moveTo(x(0), y(0));
    trace();
    pen.lineTo(x(24), y(0));
    pen.fillStyle = fill;
    pen.fill();
    pen.beginPath();
    trace();
    pen.lineWidth = 3;
    pen.strokeStyle = "#1f6f78";
    pen.stroke();
  }

  // The hours at which the water turns.
  function turns() {
    var step = 1 / 60;
    var found = [];
    var hour;
    var wasRising = level(0) < level(step);
    var isRising;
    for (hour = step; hour < 24; hour += step) {
      isRising = level(hour) < level(hour + step);
      if (isRising !== wasRising) {
        found.push({ hour: hour, metres: level(hour), isHigh: wasRising });
      }
      wasRising = isRising;
    }
    return found;
  }

  function mark(turn) {
    pen.beginPath();
    pen.arc(x(turn.hour), y(turn.metres), 6, 0, 2 * Math.PI);
    pen.fillStyle = "#e4572e";
    pen.fill();
    pen.fillStyle = "#12263a";
    pen.fillText(clock(turn.hour), x(turn.hour), y(turn.metres) + (turn.isHigh ? -12 : 24));
  }

  function row(turn) {
    return (
      "<tr><td>" +
      (turn.isHigh ? "High water" : "Low water") +
      "</td><td>" +
      clock(turn.hour) +
      '</td><td class="number">' +
      turn.metres.toFixed(1) +
      " m</td></tr>"
    );
  }

  // Springs and neaps: a bar a day.
  function bars() {
    var out = '<svg width="404" height="170">';
    var day;
    var height;
    for (day = 0; day < 29; day += 1) {
      height = 80 + 52 * Math.cos((day * 2 * Math.PI) / 14.77);
      out +=
        '<rect x="' +
        day * 14 +
        '" y="' +
        (140 - height) +
        '" width="10" height="' +
        height +
        '" rx="2" fill="' +
        (day === 11 ? "#e4572e" : "#8fb9c1") +
        '"/>';
    }
    return out + '<text x="116" y="162" font-size="13" fill="#7b8791">today, day 12 of 29</text></svg>';
  }

  var found = turns();
  drawAxes();
  drawCurve();
  found.forEach(mark);
  document.getElementById("turns").innerHTML = found.map(row).join("");
  document.getElementById("bars").innerHTML = bars();
})();

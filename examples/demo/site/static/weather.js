(function () {
  "use strict";

  var SUN = '<circle cx="20" cy="18" r="10" fill="#f2b134"/>';
  var CLOUD = '<path d="M14 38 a9 9 0 0 1 2 -17 a12 12 0 0 1 22 3 a7 7 0 0 1 2 14 Z" fill="#a9bfc9"/>';
  var RAIN = '<path d="M18 42 l-3 8 M27 42 l-3 8 M36 42 l-3 8" stroke="#1f6f78" stroke-width="2.5"/>';
  var SKY = { clear: SUN, fair: SUN + CLOUD, rain: CLOUD + RAIN };
  var box = document.getElementById("report");

  function card(hour) {
    return (
      '<div class="card third"><svg class="sky" width="46" height="54">' +
      SKY[hour.sky] +
      "</svg><h3>" +
      hour.at +
      '</h3><div class="temperature">' +
      hour.degrees +
      " °C</div><p>Wind " +
      hour.wind +
      " m/s from " +
      hour.from +
      "</p></div>"
    );
  }

  function show(report) {
    box.innerHTML = '<div class="row wrap">' + report.hours.map(card).join("") + "</div>";
    document.getElementById("source").textContent = "Measured at " + report.station + ".";
  }

  function showTrouble(why) {
    box.innerHTML = '<p class="card"></p>';
    box.firstChild.textContent = "The station does not answer: " + why;
  }

  var request = new XMLHttpRequest();
  request.open("GET", "/api/weather.json");
  request.onload = function () {
    if (request.status === 200) {
      show(JSON.parse(request.responseText));
    } else {
      showTrouble("HTTP " + request.status);
    }
  };
  request.onerror = function () {
    showTrouble("no connection");
  };
  request.onloadend = function () {
    // The crawler waits until nothing on the page is marked as pending.
    box.removeAttribute("data-pending");
  };
  request.send();
})();

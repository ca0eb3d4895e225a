(function () {
  "use strict";

  var form = document.getElementById("visit");

  function show() {
    var people = Number(form.people.value);
    var each = Number(form.light.value) + (form.lunch.checked ? 6 : 0);
    document.getElementById("price").textContent = people * each + " crowns";
  }

  form.addEventListener("change", show, false);
  show();
})();

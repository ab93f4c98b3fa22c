-- SPDX-License-Identifier: Apache-2.0
--
-- wrk: posts the lines of EVENTS, one after another, to PATH_ with the bearer TOKEN.
local lines, n = {}, 0
for line in io.lines(os.getenv("EVENTS")) do
  lines[#lines + 1] = line
end
local headers = {
  ["Authorization"] = "Bearer " .. (os.getenv("TOKEN") or "none"),
  ["Content-Type"] = "application/cloudevents+json",
}
local refused = 0

function request()
  n = n % #lines + 1
  return wrk.format("POST", os.getenv("PATH_"), headers, lines[n])
end

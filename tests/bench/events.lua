-- SPDX-License-Identifier: Apache-2.0
--
-- wrk: posts the lines of EVENTS, one after another, to PATH_ with the bearer TOKEN; BATCH of them in one
-- request where it is set.
local lines, n = {}, 0
local batch = tonumber(os.getenv("BATCH") or "1")
local kind = batch > 1 and "application/cloudevents-batch+json" or "application/cloudevents+json"
local headers = {
  ["Authorization"] = "Bearer " .. (os.getenv("TOKEN") or "none"),
  ["Content-Type"] = kind,
}
local group = {}
for line in io.lines(os.getenv("EVENTS")) do
  group[#group + 1] = line
  if #group == batch then
    lines[#lines + 1] = batch > 1 and "[" .. table.concat(group, ",") .. "]" or line
    group = {}
  end
end

function request()
  n = n % #lines + 1
  return wrk.format("POST", os.getenv("PATH_"), headers, lines[n])
end

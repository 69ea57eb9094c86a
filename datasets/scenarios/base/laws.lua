-- SPDX-License-Identifier: GPL-3.0-or-later
-- Laws that several scenarios draw from, each with where it comes from. "chosen" means: no source, a value
-- that looks right for a small network and gives the packet rates wanted. "after": the law is the source's,
-- its numbers are quoted from memory and were not checked against the paper.
local laws = {}

function laws.exponential(mean, source) return {law = "exponential", mean = mean, source = source} end
function laws.uniform(low, high, source)
  return {law = "uniform", min = low, max = high, source = source}
end

-- Sessions that people start arrive as a Poisson process (what happens inside them does not).
function laws.sessions(mean)
  return laws.exponential(mean, "Paxson, Floyd: Wide-Area Traffic: The Failure of Poisson Modeling, 1995")
end

-- Web objects: lognormal body, exp(9.357) = 11.6 kB, sigma 1.318. Its Pareto tail beyond 133 kB is cut at 2 MB.
laws.web_object = {
  law = "lognormal", median = 11580, sigma = 1.318, min = 120, max = 2e6,
  source = "after Barford, Crovella: Generating Representative Web Workloads (SURGE), 1998, body of file sizes",
}

-- Pauses of a reader between pages: Pareto, at least 1 s, shape 1.5.
laws.reading = {
  law = "pareto", scale = 1, shape = 1.5, max = 600,
  source = "after Barford, Crovella, 1998, OFF times",
}

-- Picture sizes of compressed video are close to lognormal, I and P pictures each with its own.
local krunz = "Krunz, Tripathi: On the Characterization of VBR MPEG Streams, 1997 (form); chosen (values)"
function laws.i_picture(median)
  return {law = "lognormal", median = median, sigma = 0.18, min = 2000, max = 300000, source = krunz}
end
function laws.p_picture(median)
  return {law = "lognormal", median = median, sigma = 0.45, min = 200, max = 120000, source = krunz}
end

-- A neighbour entry is confirmed anew after 0.5 to 1.5 times base_reachable_time = 30 s.
laws.arp_refresh = laws.uniform(15, 45, "Linux arp(7), RFC 4861 section 6.3.2")
laws.ntp_poll = laws.uniform(64, 68, "RFC 5905 section 7.2: poll exponent 6 at the start")
laws.rtcp = laws.uniform(2.5, 7.5, "RFC 3550 section 6.2: 5 s, times 0.5 to 1.5")
laws.mdns = laws.exponential(45, "chosen; RFC 6762 section 5.2 asks for growing intervals up to 60 min")
laws.ssdp = laws.uniform(400, 900, "UPnP Device Architecture 1.1 section 1.2: well before half of max-age 1800 s")
laws.think = {
  law = "lognormal", median = 0.004, sigma = 1.0, min = 0.0002, max = 2,
  source = "chosen: a small server's time for one answer",
}

-- One factor for each hour of the day, for activities with diurnal = true. Illustrative, not measured.
laws.office_day = {0.25, 0.2, 0.2, 0.2, 0.2, 0.25, 0.4, 0.7, 1.1, 1.4, 1.5, 1.5,
                   1.3, 1.4, 1.5, 1.5, 1.4, 1.2, 1.0, 0.9, 0.8, 0.7, 0.5, 0.35,
                   source = "chosen: office hours"}
return laws

-- SPDX-License-Identifier: GPL-3.0-or-later
local network = require "datasets.scenarios.base.camera_network"
return network.scenario("camera_benign", "The camera network, and no attack.")

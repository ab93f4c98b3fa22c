; SPDX-License-Identifier: Apache-2.0
;
; Pathway to Safety's rules for the peer CLIPS. It gets the easier job: the host keeps the state
; (counters, the step of the escalation) and hands it over in slots; a rule that fires calls
; `outcome`, which counts. No instalments, dates, ids or deadlines.
(deftemplate event
  (slot type) (slot minutes (default 0)) (slot trauma (default no)) (slot explained (default no))
  (slot count (default 0)) (slot step (default none)))

(defrule session_survivor (event (type session_attended) (minutes ?m&:(>= ?m 60)) (trauma yes)) => (outcome 1))
(defrule session_provider (event (type session_attended) (minutes ?m&:(>= ?m 60)) (trauma yes)) => (outcome 2))
(defrule missed (event (type appointment_missed) (explained no) (step none)) => (outcome 3))
(defrule diversion_missed (event (type diversion_missed) (step diversion)) => (outcome 4))
(defrule diversion_completed (event (type diversion_completed) (step ~none)) => (outcome 5))
(defrule contact (event (type law_enforcement_contact) (count ?n&:(>= ?n 2))) => (outcome 6))
(defrule housing (event (type housing_accepted) (trauma yes)) => (outcome 7))
(defrule housing_ended (event (type housing_ended)) => (outcome 8))
(defrule workforce (event (type workforce_accepted)) => (outcome 9))
(defrule conviction_first (event (type conviction) (count 1)) => (outcome 10))
(defrule conviction_second (event (type conviction) (count 2)) => (outcome 11))
(defrule conviction_third (event (type conviction) (count ?n&:(>= ?n 3))) => (outcome 12))

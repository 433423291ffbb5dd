"""What the window does in the background: engine work, files and training, and how the window hears of it.

A widget hands a job (:mod:`cnnstudio.jobs`) to a lane, a :class:`~cnnstudio.runtime.runner.JobRunner`, and keeps the
handle. The lane queues it, and its :class:`~cnnstudio.runtime.worker.Worker` runs it on the lane's one thread. What
the job reports waits in a mailbox, from which the lane takes the newest at most ten times a second; it emits that, and
how the job ended, on the GUI thread. Every job ends exactly once: finished, failed or cancelled.

There are two lanes, so that opening and saving do not wait for a repair: the engine's
(:class:`~cnnstudio.runtime.engine_lane.EngineLane`) and the files' (:class:`~cnnstudio.runtime.io_lane.IoLane`).
Training, which is long and may crash, runs in a process of its own (:mod:`~cnnstudio.runtime.training_run`). Only
QtCore is used here, and torch is imported by the first job that needs it.
"""

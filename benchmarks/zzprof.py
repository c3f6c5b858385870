import gc, time
from house.benchmark import load, backend_cpu
def run(bench):
    d=load("duplicates")
    rows=bench.rows(100000)
    d.fill(bench,rows)
    d.told(bench,"the index",d.keep,commit=True)
    d.settle(bench)
    import os
    for turn in range(3):
      with bench.env() as env:
        env.cr.execute("select pg_backend_pid()"); pid=env.cr.fetchone()[0]
        class T:
            def __init__(s,n): s.n=n
            def __enter__(s): s.p=time.process_time(); s.b=backend_cpu(pid); s.w=time.monotonic(); s.g=[x["collections"] for x in gc.get_stats()]
            def __exit__(s,*a): print(f"{s.n:32} py {time.process_time()-s.p:.3f} pg {backend_cpu(pid)-s.b:.2f} wall {time.monotonic()-s.w:.2f} gc {[x['collections']-y for x,y in zip(gc.get_stats(),s.g)]}",flush=True)
        R=env.registry
        def wrap(cls,name):
            f=getattr(cls,name)
            f=getattr(f,"_orig",f)
            def g(*a,**k):
                with T(name): return f(*a,**k)
            g._orig=f
            setattr(cls,name,g)
        for n in ("_read","_find_all_pairs","_pair_up","_count"): wrap(R["prospect.identity"],n)
        for n in ("_keep","_compare","_make","_drop_outdated","_finish","_announce","_work_read"): wrap(R["prospect.duplicate.scan"],n)
        S=env["prospect.duplicate.scan"]
        if turn==2: gc.disable()
        with T("SCAN"): d.search_all(env)
    yield from ()
